package io.walcast.acceptance.benchmark.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client over WebSocket (Engine.IO v4, Socket.IO v5; RFC 6455 without compression) that joins one
 * conversation and takes down what arrives.
 */
final class ChatSocket extends Connection {

    private static final byte[] MESSAGE = "42[\"message.created\"".getBytes(ISO_8859_1);
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;

    private final Room room;
    private final String userId;
    private final int port;
    private boolean upgraded;
    private boolean joined;

    /** Every seq up to this one has arrived. */
    private long contiguous;

    /** What has arrived beyond it; null as long as all is in order. */
    private @Nullable Set<Long> beyond;

    private long lastPing;

    ChatSocket(Room room, String userId, int port) {
        this.room = room;
        this.userId = userId;
        this.port = port;
    }

    @Override
    void opened() {
        send(ascii("""
                GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r
                Host: 127.0.0.1:%d\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r
                \r
                """.formatted(port)));
    }

    @Override
    int received(byte[] bytes, int from, int to) {
        int at = upgraded ? from : afterHandshake(bytes, from, to);
        long now = System.nanoTime();
        while (to - at >= 2) {
            int length = bytes[at + 1] & 0x7F;
            int header = 2;
            if (length == 126) {
                header = 4;
                if (to - at < header) {
                    break;
                }
                length = (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
            } else if (length == 127) {
                throw new IllegalStateException("no message of a benchmark is longer than 64 KiB");
            }
            if (to - at < header + length) {
                break;
            }
            frame(bytes[at] & 0xFF, bytes, at + header, length, now);
            at += header + length;
        }
        return at - from;
    }

    /** Where the first frame begins, or {@code from} while the answer to the handshake is not complete. */
    private int afterHandshake(byte[] bytes, int from, int to) {
        int end = Bytes.indexOf(bytes, from, to, "\r\n\r\n".getBytes(ISO_8859_1));
        if (end < 0) {
            return from;
        }
        var status = new String(bytes, from, Math.min(to - from, 12), ISO_8859_1);
        if (!status.equals("HTTP/1.1 101")) {
            throw new IllegalStateException("no WebSocket: " + new String(bytes, from, to - from, ISO_8859_1));
        }
        upgraded = true;
        return end + 4;
    }

    private void frame(int opcode, byte[] bytes, int from, int length, long now) {
        switch (opcode) {
            case TEXT -> packet(bytes, from, length, now);
            case PING -> sendFrame(PONG, "");
            case PONG -> {}
            case CLOSE -> room.closed(new String(bytes, from + 2, Math.max(length - 2, 0), UTF_8));
            default -> throw new IllegalStateException("a frame of kind " + opcode + " is not expected");
        }
    }

    private void packet(byte[] bytes, int from, int length, long now) {
        switch (bytes[from]) {
            case '0' -> sendFrame(TEXT, "40{\"userId\":\"" + userId + "\"}");
            case '2' -> {
                sendFrame(TEXT, "3");
                if (lastPing != 0) {
                    room.pinged(now - lastPing);
                }
                lastPing = now;
            }
            case '4' -> socketIo(bytes, from, length, now);
            default -> {}
        }
    }

    private void socketIo(byte[] bytes, int from, int length, long now) {
        switch (bytes[from + 1]) {
            case '0' -> join(room.conversation());
            case '2' -> event(bytes, from, length, now);
            case '3' -> acknowledged(new String(bytes, from, length, UTF_8));
            case '4' -> throw new IllegalStateException("refused: " + new String(bytes, from, length, UTF_8));
            default -> {}
        }
    }

    private void join(UUID conversation) {
        sendFrame(TEXT, "421[\"join.conversation\",{\"conversationId\":\"" + conversation + "\"}]");
    }

    private void acknowledged(String packet) {
        if (!packet.contains("\"ok\":true")) {
            throw new IllegalStateException("the join was refused: " + packet);
        }
        if (!joined) {
            joined = true;
            room.joined();
        }
    }

    private void event(byte[] bytes, int from, int length, long now) {
        if (Bytes.indexOf(bytes, from, Math.min(from + MESSAGE.length, from + length), MESSAGE) < 0) {
            return;
        }
        long seq = room.seqs().longAfter(bytes, from, length);
        if (seq < 0) {
            return; // no message
        }
        if (seq == contiguous + 1 && beyond == null) {
            contiguous = seq;
        } else if (!arrivedOddly(seq)) {
            room.repeated();
            return;
        }
        room.arrived(room.numbers().longAfter(bytes, from, length), now);
    }

    /** Returns whether it had not arrived before. */
    private boolean arrivedOddly(long seq) {
        Set<Long> known = beyond == null ? new HashSet<>() : beyond;
        if (seq <= contiguous || !known.add(seq)) {
            return false;
        }
        if (seq < Collections.max(known)) {
            room.outOfOrder();
        }
        while (known.remove(contiguous + 1)) {
            contiguous++;
        }
        beyond = known.isEmpty() ? null : known;
        return true;
    }

    private void sendFrame(int opcode, String text) {
        byte[] payload = text.getBytes(UTF_8);
        var frame = ByteBuffer.allocate(payload.length + 8);
        frame.put((byte) opcode);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.putInt(0); // a mask of zeros leaves the payload as it is
        send(frame.put(payload).flip());
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    @Override
    void ended() {
        room.closed("connection ended");
    }

    @Override
    public String toString() {
        return userId + " in " + room.conversation();
    }
}
