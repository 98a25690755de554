package io.walcast.relay.gateway.websocket;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.formats.Ending;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * Incremental parser of a client's frames (RFC 6455, sections 5 and 8.1); the input may be cut anywhere. It fails at
 * the first invalid byte, and keeps only the bytes of an incomplete message. Not thread-safe.
 */
final class FrameParser {

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LONGEST_CONTROL = 125;
    private static final int MASK_BYTES = 4;

    /** Receives the parsed messages and control frames, in order. */
    interface Sink {

        void text(String message);

        /** @param message belongs to the sink */
        void binary(byte[] message);

        void ping(byte[] content);

        void pong();

        /** A close frame, the last call. */
        void close(CloseStatus status);
    }

    private final int maxMessageBytes;
    private final ByteBudget unfinished;
    private final Sink sink;

    private int headerBytes;
    private int first;
    private int lengthBytes;
    private long length;
    private int mask;
    private boolean inPayload;
    private long remaining;

    /** Opcode of the incomplete message; {@link Opcode#CONTINUATION} if there is none. */
    private int message;

    private byte @Nullable [] content;
    private int contentBytes;
    private @Nullable Utf8Validator utf8;
    private byte @Nullable [] control;
    private boolean closed;

    /** @param unfinished the budget for the bytes of incomplete messages of all connections */
    FrameParser(int maxMessageBytes, ByteBudget unfinished, Sink sink) {
        this.maxMessageBytes = maxMessageBytes;
        this.unfinished = unfinished;
        this.sink = sink;
    }

    /** @param in backed by an array, which is overwritten */
    void receive(ByteBuffer in) throws ProtocolViolation {
        while (!closed) {
            while (!inPayload) {
                if (!in.hasRemaining()) {
                    return;
                }
                header(in.get() & 0xFF);
            }
            int count = (int) Math.min(remaining, in.remaining());
            int at = in.arrayOffset() + in.position();
            unmask(in.array(), at, count);
            in.position(in.position() + count);
            payload(in.array(), at, count);
            if (remaining > 0) {
                return;
            }
            inPayload = false;
            headerBytes = 0;
        }
    }

    /** Drops an incomplete message, and ignores all later input. */
    void end() {
        closed = true;
        forget();
    }

    private void header(int next) throws ProtocolViolation {
        int index = headerBytes++;
        if (index == 0) {
            first = next;
            checkKind();
            return;
        }
        if (index == 1) {
            int coded = next & ~MASKED;
            require(next >= MASKED, "a client masks its frames");
            require(coded <= LONGEST_CONTROL || !Opcode.isControl(opcode()), "a control frame has 125 bytes at most");
            lengthBytes = coded <= LONGEST_CONTROL ? 0 : coded == 126 ? 2 : 8;
            length = lengthBytes == 0 ? coded : 0;
        } else if (index < 2 + lengthBytes) {
            length = length << 8 | next;
        } else {
            mask = mask << 8 | next;
        }
        if (headerBytes == 2 + lengthBytes) {
            checkLength();
        } else if (headerBytes == 2 + lengthBytes + MASK_BYTES) {
            inPayload = true;
            remaining = length;
        }
    }

    private void checkKind() throws ProtocolViolation {
        require((first & RESERVED) == 0, "no extension was agreed to");
        require(Opcode.isKnown(opcode()), "unknown opcode");
        if (Opcode.isControl(opcode())) {
            require(isLast(), "a control frame is not fragmented");
        } else if (opcode() == Opcode.CONTINUATION) {
            require(message != Opcode.CONTINUATION, "nothing to continue");
        } else {
            require(message == Opcode.CONTINUATION, "the message before is not complete");
            message = opcode();
        }
    }

    private void checkLength() throws ProtocolViolation {
        require(length >= 0, "a length has 63 bits");
        if (Opcode.isControl(opcode())) {
            control = new byte[(int) length];
        } else if (length > maxMessageBytes - contentBytes) {
            throw new ProtocolViolation(
                    CloseStatus.TOO_BIG_TO_PROCESS, "message longer than " + maxMessageBytes + " bytes");
        }
    }

    /** Section 5.3. */
    private void unmask(byte[] bytes, int from, int count) {
        int done = (int) (length - remaining);
        for (int i = 0; i < count; i++) {
            bytes[from + i] ^= (byte) (mask >> (24 - 8 * ((done + i) & 3)));
        }
    }

    private void payload(byte[] bytes, int from, int count) throws ProtocolViolation {
        if (control != null) {
            System.arraycopy(bytes, from, control, (int) (length - remaining), count);
            remaining -= count;
            if (remaining == 0) {
                byte[] whole = control;
                control = null;
                control(whole);
            }
            return;
        }
        remaining -= count;
        validate(bytes, from, count);
        boolean complete = isLast() && remaining == 0;
        if (complete && contentBytes == 0) {
            deliver(bytes, from, count);
        } else {
            keep(bytes, from, count);
            if (complete && content != null) {
                deliver(content, 0, contentBytes);
            }
        }
    }

    private void control(byte[] whole) throws ProtocolViolation {
        switch (opcode()) {
            case Opcode.PING -> sink.ping(whole);
            case Opcode.PONG -> sink.pong();
            default -> {
                CloseStatus status = CloseFrame.of(whole);
                end();
                sink.close(status);
            }
        }
    }

    private void validate(byte[] bytes, int from, int count) throws ProtocolViolation {
        if (message == Opcode.TEXT) {
            if (utf8 == null) {
                utf8 = new Utf8Validator();
            }
            if (!utf8.accept(bytes, from, from + count) || (isLast() && remaining == 0 && !utf8.isComplete())) {
                throw new ProtocolViolation(CloseStatus.BAD_DATA, "text must be UTF-8");
            }
        }
    }

    private void keep(byte[] bytes, int from, int count) throws ProtocolViolation {
        if (!unfinished.take(count, contentBytes)) {
            throw new ProtocolViolation(CloseStatus.POLICY_VIOLATION, Ending.LIMIT_EXCEEDED.reason());
        }
        int needed = contentBytes + count;
        if (content == null) {
            content = new byte[needed];
        } else if (content.length < needed) {
            // Not the announced length at once: announcing costs the client nothing.
            content = Arrays.copyOf(content, Math.min(Math.max(needed, 2 * content.length), maxMessageBytes));
        }
        System.arraycopy(bytes, from, content, contentBytes, count);
        contentBytes = needed;
    }

    private void deliver(byte[] bytes, int from, int count) {
        boolean isText = message == Opcode.TEXT;
        forget();
        if (isText) {
            sink.text(new String(bytes, from, count, StandardCharsets.UTF_8));
        } else {
            sink.binary(Arrays.copyOfRange(bytes, from, from + count));
        }
    }

    private void forget() {
        message = Opcode.CONTINUATION;
        content = null;
        if (contentBytes > 0) {
            unfinished.release(contentBytes);
            contentBytes = 0;
        }
        utf8 = null;
    }

    private int opcode() {
        return first & 0xF;
    }

    private boolean isLast() {
        return (first & FIN) != 0;
    }

    private static void require(boolean condition, String otherwise) throws ProtocolViolation {
        if (!condition) {
            throw new ProtocolViolation(CloseStatus.PROTOCOL_ERROR, otherwise);
        }
    }
}
