package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.events.EventKind.Loss;
import io.walcast.startup.EventSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChatEventTest {

    private static final EventCatalogue CATALOGUE = new EventCatalogue(new EventSettings(Map.of()));

    private static final String ROOM = "0190a6f0-0000-7000-8000-000000000001";

    /** Events that no outbox row brings: they come from rooms, or concern the connection. */
    private static final List<String> NOT_OF_THE_OUTBOX = List.of(
            "log.position",
            "conversation.left",
            "conversation.activity",
            "conversation.gone",
            "feed.cursor",
            "feed.closed",
            "resync",
            "typing",
            "presence",
            "auth.renew",
            "error");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)`");

    @Test
    void theTableOfEventsInTheProtocolNamesEachOfThem() throws IOException {
        String protocol = Files.readString(Path.of("..", "PROTOCOL.md"));
        int begin = protocol.indexOf("\n## Events\n");
        String section = protocol.substring(begin, protocol.indexOf("\n## ", begin + 1));
        String table = section.substring(section.indexOf("\n| event |"));

        assertThat(ROW.matcher(table.substring(0, table.indexOf("\n\n")))
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Arrays.stream(ChatEvent.values())
                                        .map(ChatEvent::wireName)
                                        .filter(Objects::nonNull),
                                NOT_OF_THE_OUTBOX.stream())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void aKindIsFoundByItsTopic(ChatEvent kind) {
        assertThat(CATALOGUE.of(kind.topic())).isSameAs(kind);
    }

    @Test
    void anyOtherTopicIsUnknown() {
        assertThat(CATALOGUE.of("billing.invoice_paid")).isNull();
        assertThat(CATALOGUE.loss("billing.invoice_paid", ROOM)).isEqualTo(Loss.NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void aRowWhoseKeyIsNoConversationCannotBeDelivered(ChatEvent kind) {
        assertThatThrownBy(() -> kind.check("no conversation", payload(kind)))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining("event_key");
    }

    @ParameterizedTest
    @EnumSource
    void aRowWithoutItsPayloadCannotBeDelivered(ChatEvent kind) {
        assertThatThrownBy(() -> kind.check(ROOM, "{}")).isInstanceOf(UndeliverableException.class);
    }

    @ParameterizedTest
    @EnumSource
    void onlyAMessageHasASeqAndOnlyTheLogHasPlaces(ChatEvent kind) {
        assertThat(kind.check(ROOM, payload(kind)))
                .isEqualTo(new EventKind.Numbers(
                        kind == ChatEvent.CONVERSATION_READ ? 0 : 9, kind == ChatEvent.MESSAGE_CREATED ? 7 : 0));
    }

    @Test
    void aReleaseThatKnowsNoLogWritesMessagesAndMembersWithoutPlaces() {
        assertThat(ChatEvent.MESSAGE_CREATED.check(ROOM, "{\"message\": {\"seq\": 7}}"))
                .isEqualTo(new EventKind.Numbers(0, 7));
        for (ChatEvent kind : List.of(ChatEvent.MEMBER_ADDED, ChatEvent.MEMBER_REMOVED)) {
            assertThat(kind.check(ROOM, "{\"userId\": \"eve\"}")).isEqualTo(new EventKind.Numbers(0, 0));
        }
        assertThatThrownBy(() -> ChatEvent.MESSAGE_EDITED.check(ROOM, "{\"message\": {\"seq\": 7}}"))
                .isInstanceOf(UndeliverableException.class);
    }

    @ParameterizedTest
    @EnumSource(names = "MESSAGE_.*", mode = EnumSource.Mode.MATCH_ALL)
    void aMessageWithoutItsTextCanBeDelivered(ChatEvent kind) {
        assertThat(kind.carriesContent("{}")).isTrue();
        assertThat(kind.check(ROOM, "{\"pos\": 9, \"from\": 8, \"scrubbed\": true}")
                        .pos())
                .isEqualTo(9);
    }

    @Test
    void aLiveEventBringsAClientOnePlaceFurther() {
        assertThatThrownBy(() ->
                        ChatEvent.MESSAGE_CREATED.check(ROOM, "{\"pos\": 9, \"from\": 7, \"message\": {\"seq\": 7}}"))
                .isInstanceOf(UndeliverableException.class);
    }

    @ParameterizedTest
    @EnumSource
    void onlyAParkedRemovalClosesItsRoom(ChatEvent kind) {
        assertThat(CATALOGUE.loss(kind.topic(), ROOM) == Loss.ROOM).isEqualTo(kind == ChatEvent.MEMBER_REMOVED);
        assertThat(CATALOGUE.loss(kind.topic(), "no conversation")).isEqualTo(Loss.NOTHING);
    }

    /** Rooms name events themselves too, when they read them from the table: by their topics. */
    @ParameterizedTest
    @EnumSource
    void theNameOfAnEventFollowsFromItsTopic(ChatEvent kind) {
        assertThat(kind.topic())
                .isEqualTo("messaging."
                        + (kind == ChatEvent.CONVERSATION_CREATED
                                ? "conversation_created"
                                : kind.wireName().replace('.', '_')));
    }

    private static String payload(ChatEvent kind) {
        return switch (kind) {
            case MESSAGE_CREATED, MESSAGE_EDITED, MESSAGE_DELETED ->
                "{\"pos\": 9, \"from\": 8, \"message\": {\"seq\": 7}}";
            case CONVERSATION_READ -> "{\"userId\": \"eve\", \"seq\": 7}";
            case CONVERSATION_CREATED -> "{\"pos\": 9, \"from\": 0, \"members\": []}";
            default -> "{\"pos\": 9, \"from\": 8, \"userId\": \"eve\"}";
        };
    }
}
