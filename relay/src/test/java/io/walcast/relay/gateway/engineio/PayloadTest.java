package io.walcast.relay.gateway.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.gateway.websocket.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {

    @Test
    void joinsPackets() {
        var body = new ByteArrayOutputStream();
        Payload.encode(List.of(Frame.text("4hello"), Frame.binary(new byte[] {1, 2, 3, 4}), Frame.text("2")))
                .forEach(body::writeBytes);
        assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo("4hello\u001ebAQIDBA==\u001e2");
    }

    @Test
    void splitsPackets() throws Exception {
        List<Object> packets = Payload.decode("4hello\u001ebAQIDBA==\u001e2");
        assertThat(packets).hasSize(3);
        assertThat(packets.get(0)).isEqualTo("4hello");
        assertThat(packets.get(1)).isEqualTo(new byte[] {1, 2, 3, 4});
        assertThat(packets.get(2)).isEqualTo("2");
    }

    @Test
    void readsBase64AcrossLines() throws Exception {
        assertThat(Payload.decode("bAQ\r\nID\nBA==").get(0)).isEqualTo(new byte[] {1, 2, 3, 4});
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u001e", "4a\u001e", "4a\u001e\u001e4b", "bAQIDB"})
    void refusesWhatIsNoPayload(String body) {
        assertThatThrownBy(() -> Payload.decode(body)).isInstanceOf(MalformedPacketException.class);
    }
}
