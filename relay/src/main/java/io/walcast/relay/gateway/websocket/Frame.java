package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.springframework.web.socket.CloseStatus;

/**
 * An outgoing message as the bytes of one frame (RFC 6455, section 5.2; a server does not mask). Encoded once and
 * immutable, so that it can be queued on any number of connections.
 */
public final class Frame {

    private static final int FIN = 0x80;
    private static final int LONGEST_SHORT = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;

    private final byte[] wire;
    private final int header;

    private Frame(int opcode, byte[] content) {
        int length = content.length;
        header = length <= LONGEST_SHORT ? 2 : length <= 0xFFFF ? 4 : 10;
        wire = new byte[header + length];
        ByteBuffer head = ByteBuffer.wrap(wire).put((byte) (FIN | opcode));
        switch (header) {
            case 2 -> head.put((byte) length);
            case 4 -> head.put((byte) TWO_BYTES).putShort((short) length);
            default -> head.put((byte) EIGHT_BYTES).putLong(length);
        }
        System.arraycopy(content, 0, wire, header, length);
    }

    /** A text frame. An unpaired surrogate cannot be encoded as UTF-8 and becomes U+FFFD. */
    public static Frame text(String text) {
        String wellFormed = Utf8.isWellFormed(text) ? text : Utf8.wellFormed(text);
        return new Frame(Opcode.TEXT, wellFormed.getBytes(StandardCharsets.UTF_8));
    }

    public static Frame binary(byte[] content) {
        return new Frame(Opcode.BINARY, content);
    }

    static Frame ping() {
        return new Frame(Opcode.PING, new byte[0]);
    }

    /** @param content the content of the ping that this pong answers */
    static Frame pong(byte[] content) {
        return new Frame(Opcode.PONG, content);
    }

    static Frame close(CloseStatus status) {
        return new Frame(Opcode.CLOSE, CloseFrame.body(status));
    }

    /** Length of the content in bytes. */
    public int bytes() {
        return wire.length - header;
    }

    /** Whether this is a text message. */
    public boolean isText() {
        return opcode() == Opcode.TEXT;
    }

    /** The content of a text message. */
    public String text() {
        return new String(wire, header, bytes(), StandardCharsets.UTF_8);
    }

    /** A copy of the content. */
    public byte[] content() {
        return Arrays.copyOfRange(wire, header, wire.length);
    }

    int opcode() {
        return wire[0] & 0xF;
    }

    /** A view of the content. */
    ByteBuffer payload() {
        return ByteBuffer.wrap(wire, header, bytes()).slice().asReadOnlyBuffer();
    }

    /** Length with the header, in bytes. */
    int wireBytes() {
        return wire.length;
    }

    /** Appends the bytes of the frame from {@code from} on, as many as fit. */
    void copy(int from, ByteBuffer target) {
        target.put(wire, from, Math.min(wire.length - from, target.remaining()));
    }
}
