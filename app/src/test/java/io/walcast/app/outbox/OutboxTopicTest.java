package io.walcast.app.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.events.ChatEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The outbox row is the contract between this module and the relay: neither knows the other's catalogue. */
class OutboxTopicTest {

    private static final Pattern TOPIC = Pattern.compile("'(messaging\\.[a-z_]+)'");

    @Test
    void whatIsAppendedIsWhatTheRelayDelivers() {
        assertThat(Arrays.stream(OutboxTopic.values()).map(OutboxTopic::value))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ChatEvent.values()).map(ChatEvent::topic).toList());
    }

    @Test
    void theSchemaWritesNoOtherTopic() throws IOException {
        var topics = new TreeSet<String>();
        for (var migration : new PathMatchingResourcePatternResolver().getResources("classpath*:db/migration/*.sql")) {
            TOPIC.matcher(migration.getContentAsString(StandardCharsets.UTF_8))
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .forEach(topics::add);
        }

        assertThat(topics)
                .isNotEmpty()
                .isSubsetOf(Arrays.stream(OutboxTopic.values())
                        .map(OutboxTopic::value)
                        .toList());
    }

    @Test
    void clientsKnowAnEventByTheNameThatTheRelayGivesIt() {
        for (ChatEvent kind : ChatEvent.values()) {
            // A creation tells no room anything.
            if (kind != ChatEvent.CONVERSATION_CREATED) {
                assertThat(OutboxTopic.eventOf(kind.topic())).isEqualTo(kind.wireName());
            }
        }
    }
}
