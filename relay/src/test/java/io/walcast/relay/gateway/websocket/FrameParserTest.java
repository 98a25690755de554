package io.walcast.relay.gateway.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.identity.ByteBudget;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.CloseStatus;

/** Every rule of RFC 6455 that a client can break, each fed whole, byte by byte, and in pieces of three. */
class FrameParserTest {

    private static final int MAX = 70_000;
    private static final int FIN = 0x80;
    private static final ByteBudget UNFINISHED = new ByteBudget(10 * MAX);

    @Test
    void readsMessagesOfEveryLengthCoding() {
        for (int length : List.of(0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536, MAX)) {
            String text = "x".repeat(length);
            byte[] binary = new byte[length];
            Arrays.fill(binary, (byte) length);
            assertThat(read(frames(text(text), frame(FIN | Opcode.BINARY, binary))))
                    .containsExactly("text " + text, "binary " + hex(binary));
        }
    }

    @Test
    void takesALengthThatIsCodedLongerThanNeeded() {
        assertThat(read(hex("81fe000300000000616263"))).containsExactly("text abc");
        assertThat(read(hex("81ff000000000000000300000000616263"))).containsExactly("text abc");
    }

    @Test
    void putsFragmentsTogetherAndLetsControlFramesBetween() {
        assertThat(read(frames(
                        frame(Opcode.TEXT, "h\u00e9"),
                        frame(FIN | Opcode.PING, "p"),
                        frame(Opcode.CONTINUATION, ""),
                        frame(FIN | Opcode.PONG, ""),
                        frame(FIN | Opcode.CONTINUATION, "llo"),
                        frame(Opcode.BINARY, "a"),
                        frame(FIN | Opcode.CONTINUATION, ""))))
                .containsExactly("ping 70", "pong", "text h\u00e9llo", "binary 61");
    }

    @Test
    void letsACharacterBeCutByFragments() {
        byte[] smile = "\uD83D\uDE00".getBytes(UTF_8);
        assertThat(read(frames(
                        frame(Opcode.TEXT, Arrays.copyOf(smile, 1)),
                        frame(Opcode.CONTINUATION, Arrays.copyOfRange(smile, 1, 3)),
                        frame(FIN | Opcode.CONTINUATION, Arrays.copyOfRange(smile, 3, 4)))))
                .containsExactly("text \uD83D\uDE00");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x40, 0x20, 0x10, 0x70})
    void refusesReservedBits(int bits) {
        assertThat(read(frame(FIN | bits | Opcode.TEXT, "a"))).containsExactly("fails with 1002");
        assertThat(read(frame(FIN | bits | Opcode.PING, ""))).containsExactly("fails with 1002");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void refusesUnknownOpcodes(int opcode) {
        assertThat(read(frame(FIN | opcode, ""))).containsExactly("fails with 1002");
    }

    @Test
    void refusesFramesWithoutMask() {
        assertThat(read(hex("810161"))).containsExactly("fails with 1002");
        assertThat(read(hex("8900"))).containsExactly("fails with 1002");
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.CLOSE, Opcode.PING, Opcode.PONG})
    void refusesControlFramesThatAreLongOrFragmented(int opcode) {
        assertThat(read(frame(FIN | opcode, new byte[126]))).containsExactly("fails with 1002");
        assertThat(read(frame(opcode, ""))).containsExactly("fails with 1002");
    }

    @Test
    void takesAPingOf125Bytes() {
        byte[] content = new byte[125];
        assertThat(read(frame(FIN | Opcode.PING, content))).containsExactly("ping " + hex(content));
    }

    @Test
    void refusesFragmentsOutOfPlace() {
        assertThat(read(frame(FIN | Opcode.CONTINUATION, "a"))).containsExactly("fails with 1002");
        assertThat(read(frames(text("a"), frame(Opcode.CONTINUATION, ""))))
                .containsExactly("text a", "fails with 1002");
        assertThat(read(frames(frame(Opcode.TEXT, "a"), text("b")))).containsExactly("fails with 1002");
        assertThat(read(frames(frame(Opcode.BINARY, "a"), frame(Opcode.BINARY, ""))))
                .containsExactly("fails with 1002");
    }

    @Test
    void refusesWhatIsTooLongBeforeItComes() {
        assertThat(read(hex("82ff0000000000011171"))).containsExactly("fails with 1009");
        assertThat(read(hex("82ff7fffffffffffffff"))).containsExactly("fails with 1009");
        assertThat(read(hex("82ffffffffffffffffff"))).containsExactly("fails with 1002");
        byte[] begin = frame(Opcode.TEXT, "x".repeat(MAX));
        assertThat(read(frames(begin, frame(FIN | Opcode.CONTINUATION, "")))).hasSize(1);
        assertThat(read(frames(begin, frame(FIN | Opcode.CONTINUATION, "x")))).containsExactly("fails with 1009");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "c0af",
                "c1bf",
                "c328",
                "e08080",
                "e09f80",
                "eda080",
                "edbfbf",
                "f0808080",
                "f08f8080",
                "f4908080",
                "f5808080",
                "ff",
                "61c3",
                "e282",
                "f09f98"
            })
    void refusesTextThatIsNotUtf8(String bytes) {
        assertThat(read(frame(FIN | Opcode.TEXT, hex(bytes)))).containsExactly("fails with 1007");
        assertThat(read(frames(
                        frame(Opcode.TEXT, "ok"), frame(Opcode.CONTINUATION, hex(bytes)), frame(FIN, new byte[0]))))
                .containsExactly("fails with 1007");
        assertThat(read(frame(FIN | Opcode.BINARY, hex(bytes)))).containsExactly("binary " + bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf"})
    void takesTheEdgesOfUtf8(String bytes) {
        assertThat(read(frame(FIN | Opcode.TEXT, hex(bytes)))).containsExactly("text " + new String(hex(bytes), UTF_8));
    }

    @Test
    void refusesBadTextAtItsFirstBadByte() {
        List<String> events = new ArrayList<>();
        FrameParser parser = parser(events);
        assertThatThrownBy(() -> parser.receive(ByteBuffer.wrap(hex("01e40000000061c328"))))
                .isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @CsvSource({"1000", "1001", "1003", "1007", "1011", "1014", "3000", "4999"})
    void takesCloseCodes(int code) {
        assertThat(read(frames(close(code, "bye"), text("late")))).containsExactly("close " + code + " bye");
    }

    @ParameterizedTest
    @CsvSource({"0", "999", "1004", "1005", "1006", "1015", "1016", "2000", "2999", "5000", "65535"})
    void refusesCloseCodesThatDoNotTravel(int code) {
        assertThat(read(close(code, ""))).containsExactly("fails with 1002");
    }

    @Test
    void takesACloseWithoutCodeAndRefusesHalfACode() {
        assertThat(read(frame(FIN | Opcode.CLOSE, ""))).containsExactly("close 1005 ");
        assertThat(read(frame(FIN | Opcode.CLOSE, new byte[] {3}))).containsExactly("fails with 1002");
        assertThat(read(frame(FIN | Opcode.CLOSE, hex("03e8c328")))).containsExactly("fails with 1007");
        assertThat(read(frame(FIN | Opcode.CLOSE, hex("03e8c3")))).containsExactly("fails with 1007");
    }

    /** What the parser makes of it, which must not depend on how it is cut. */
    private static List<String> read(byte[] bytes) {
        List<String> whole = read(bytes, bytes.length);
        assertThat(read(bytes, 1)).isEqualTo(whole);
        assertThat(read(bytes, 3)).isEqualTo(whole);
        return whole;
    }

    private static List<String> read(byte[] bytes, int piece) {
        List<String> events = new ArrayList<>();
        FrameParser parser = parser(events);
        try {
            for (int from = 0; from < bytes.length; from += piece) {
                parser.receive(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, Math.min(from + piece, bytes.length))));
            }
        } catch (ProtocolViolation e) {
            events.add("fails with " + e.status().getCode());
        }
        return events;
    }

    private static FrameParser parser(List<String> events) {
        return new FrameParser(MAX, UNFINISHED, new FrameParser.Sink() {
            @Override
            public void text(String message) {
                events.add("text " + message);
            }

            @Override
            public void binary(byte[] message) {
                events.add("binary " + hex(message));
            }

            @Override
            public void ping(byte[] content) {
                events.add("ping " + hex(content));
            }

            @Override
            public void pong() {
                events.add("pong");
            }

            @Override
            public void close(CloseStatus status) {
                events.add("close " + status.getCode() + " " + CloseFrame.reason(status));
            }
        });
    }

    private static byte[] text(String text) {
        return frame(FIN | Opcode.TEXT, text);
    }

    private static byte[] close(int code, String reason) {
        var body = new ByteArrayOutputStream();
        body.write(code >> 8);
        body.write(code);
        body.writeBytes(reason.getBytes(UTF_8));
        return frame(FIN | Opcode.CLOSE, body.toByteArray());
    }

    private static byte[] frame(int first, String content) {
        return frame(first, content.getBytes(UTF_8));
    }

    private static byte[] frame(int first, byte[] content) {
        return ClientFrames.frame(first, content);
    }

    private static byte[] frames(byte[]... frames) {
        var all = new ByteArrayOutputStream();
        IntStream.range(0, frames.length).forEach(i -> all.writeBytes(frames[i]));
        return all.toByteArray();
    }

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
