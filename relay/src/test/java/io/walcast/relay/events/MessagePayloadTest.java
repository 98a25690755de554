package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePayloadTest {

    @Test
    void takesTheMessageAsItStands() {
        var payload = MessagePayload.parse(
                "{\"a\": {\"message\": 1}, \"message\": {\"id\": \"x\", \"seq\": 7, \"content\": \"{ö😀}\"}, \"z\": []}");

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
                "not json"
            })
    void refusesWhatHasNoMessageWithASeq(String payload) {
        assertThatThrownBy(() -> MessagePayload.parse(payload)).isInstanceOf(RuntimeException.class);
    }
}
