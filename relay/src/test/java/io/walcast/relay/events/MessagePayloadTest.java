package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePayloadTest {

    private static final String KEY = "0190a6f0-0000-7000-8000-000000000001";
    private static final String OTHER = "0190a6f0-0000-7000-8000-000000000002";

    @Test
    void takesTheMessageAsItStands() {
        var payload = MessagePayload.parse(
                "{\"a\": {\"message\": 1}, \"message\": {\"id\": \"x\", \"seq\": 7, \"content\": \"{ö😀}\"}, \"z\": []}",
                KEY);

        assertThat(payload.message()).isEqualTo("{\"id\": \"x\", \"seq\": 7, \"content\": \"{ö😀}\"}");
        assertThat(payload.seq()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"message\": \"text\"}",
                "{\"message\": {}}",
                "{\"message\": {\"seq\": 0}}",
                "{\"message\": {\"seq\": \"1\"}}",
                "{\"message\": {\"seq\": 1",
                "not json",
                "{\"message\": {\"seq\": 99999999999999999999}}",
                "{\"message\": {\"seq\": 1}, \"conversationId\": 1}",
                "{\"message\": {\"seq\": 1}, \"conversationId\": \"" + OTHER + "\"}",
                "{\"message\": {\"seq\": 1, \"conversationId\": \"" + OTHER + "\"}}"
            })
    void refusesWhatHasNoMessageWithASeq(String payload) {
        assertThatThrownBy(() -> MessagePayload.parse(payload, KEY)).isInstanceOf(UndeliverableException.class);
    }

    @Test
    void takesWhatNamesTheRowsConversation() {
        var payload = MessagePayload.parse(
                "{\"message\": {\"seq\": 1, \"conversationId\": \"%s\"}, \"conversationId\": \"%s\"}"
                        .formatted(KEY, KEY.toUpperCase(Locale.ROOT)),
                KEY);

        assertThat(payload.seq()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNestedBeyondReason() {
        String deep = "{\"message\": {\"seq\": 1, \"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}}";

        assertThatThrownBy(() -> MessagePayload.parse(deep, KEY)).isInstanceOf(UndeliverableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "{\"userId\": 1}", "{\"userId\": \"eve\", \"conversationId\": \"" + OTHER + "\"}"
            })
    void refusesAMemberWithoutNameOrOfAnotherConversation(String payload) {
        assertThatThrownBy(() -> MemberPayload.userId(payload, KEY)).isInstanceOf(UndeliverableException.class);
    }
}
