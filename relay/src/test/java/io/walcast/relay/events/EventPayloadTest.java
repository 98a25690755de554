package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPayloadTest {

    private static final String KEY = "0190a6f0-0000-7000-8000-000000000001";
    private static final String OTHER = "0190a6f0-0000-7000-8000-000000000002";

    @Test
    void findsTheNumbersOfAMessage() {
        var payload = EventPayload.parse(
                "{\"pos\": 9, \"from\": 8, \"a\": {\"pos\": 1, \"message\": 1}, "
                        + "\"message\": {\"id\": \"x\", \"seq\": 7, \"content\": \"{ö😀}\"}, \"z\": []}",
                KEY);

        assertThat(payload).isEqualTo(new EventPayload(9, 8, true, 7, false, null, false));
    }

    @Test
    void findsTheUserAndThatTheTextIsGone() {
        assertThat(EventPayload.parse("{\"userId\": \"eve\", \"scrubbed\": true}", KEY))
                .isEqualTo(new EventPayload(0, -1, false, 0, true, "eve", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"message\": {\"seq\": 1",
                "not json",
                "{\"message\": {\"seq\": 99999999999999999999}}",
                "{\"pos\": 1}",
                "{\"pos\": 1, \"from\": 1}",
                "{\"pos\": 1, \"from\": -1}",
                "{\"pos\": -1, \"from\": -2}",
                "{\"message\": {\"seq\": 1}, \"conversationId\": 1}",
                "{\"message\": {\"seq\": 1}, \"conversationId\": \"" + OTHER + "\"}",
                "{\"message\": {\"seq\": 1, \"conversationId\": \"" + OTHER + "\"}}"
            })
    void refusesWhatIsNoPayloadOfThisRow(String payload) {
        assertThatThrownBy(() -> EventPayload.parse(payload, KEY)).isInstanceOf(UndeliverableException.class);
    }

    @Test
    void takesWhatNamesTheRowsConversation() {
        var payload = EventPayload.parse(
                "{\"message\": {\"seq\": 1, \"conversationId\": \"%s\"}, \"conversationId\": \"%s\"}"
                        .formatted(KEY, KEY.toUpperCase(Locale.ROOT)),
                KEY);

        assertThat(payload.seq()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNestedBeyondReason() {
        String deep = "{\"message\": {\"seq\": 1, \"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}}";

        assertThatThrownBy(() -> EventPayload.parse(deep, KEY)).isInstanceOf(UndeliverableException.class);
    }
}
