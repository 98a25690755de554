package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ascii",
                "\u007f\u0080",
                "\u07ff\u0800",
                "\ud7ff\ue000\uffff",
                "\uD83D\uDE00!",
                "é\uD83D\uDE00ü"
            })
    void countsTheBytesThatTextTakesOnTheWire(String text) {
        Frame frame = Frame.text(text);
        assertThat(frame.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(frame.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE00b", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void replacesWhatIsNoText(String text) {
        var frame = Frame.text(text);
        assertThat(frame.text()).contains("\uFFFD");
        assertThat(frame.bytes()).isEqualTo(frame.text().getBytes(StandardCharsets.UTF_8).length);
        assertThat(Utf8.isWellFormed(frame.text())).isTrue();
    }
}
