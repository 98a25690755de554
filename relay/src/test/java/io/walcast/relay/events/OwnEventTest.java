package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.events.EventKind.Loss;
import io.walcast.relay.events.EventKind.Numbers;
import io.walcast.startup.EventSettings;
import io.walcast.startup.EventSettings.Named;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnEventTest {

    private static final String ROOM = "0190a6f0-0000-7000-8000-000000000001";

    private final EventCatalogue catalogue =
            new EventCatalogue(new EventSettings(Map.of("orders", new Named("order.placed"))));
    private final EventKind kind = catalogue.of("orders");

    @Test
    void clientsKnowItByTheNameOfTheSettings() {
        assertThat(catalogue.ofTopic("orders")).isEqualTo("order.placed");
        assertThat(catalogue.ofTopic("order.placed")).isNull();
        assertThat(catalogue.loss("orders", ROOM)).isEqualTo(Loss.TABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{ }", "{\"a\": 1}", "{\"conversationId\": \"" + ROOM + "\"}"})
    void anyObjectIsANotice(String payload) {
        assertThat(kind.check(ROOM, payload)).isEqualTo(new Numbers(0, 0));
        assertThat(kind.carriesContent(payload)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "7", "{", "{\"conversationId\": \"another\"}", "{\"pos\": 9, \"from\": 7}", "{\"pos\": 9}"
            })
    void anythingElseCannotBeDelivered(String payload) {
        assertThatThrownBy(() -> kind.check(ROOM, payload)).isInstanceOf(UndeliverableException.class);
    }

    @Test
    void oneOfTheLogHasItsPlaceWithAndWithoutItsContent() {
        assertThat(kind.check(ROOM, "{\"pos\": 9, \"from\": 8, \"payload\": {}}"))
                .isEqualTo(new Numbers(9, 0));
        assertThat(kind.check(ROOM, "{\"pos\": 9, \"from\": 8, \"scrubbed\": true}"))
                .isEqualTo(new Numbers(9, 0));
    }
}
