package io.walcast.acceptance.benchmark.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.UUID;

/** A keep-alive HTTP/1.1 connection that posts one message at a time. */
final class PostConnection extends Connection {

    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);
    private static final byte[] CREATED = "HTTP/1.1 201".getBytes(ISO_8859_1);
    private static final byte[] LAST_ANSWER = "Connection: close".getBytes(ISO_8859_1);
    private static final int CONTENT = 200;

    private final Posts posts;
    private final int port;
    private final Bytes lengths = new Bytes("ontent-length: ");
    private final Bytes capitalLengths = new Bytes("ontent-Length: ");
    private boolean ready;

    PostConnection(Posts posts, int port) {
        this.posts = posts;
        this.port = port;
    }

    @Override
    void opened() {
        ready = true;
        posts.idle(this);
    }

    /** Posts the message of that number, with a content of {@value #CONTENT} bytes. */
    void post(int number, UUID conversation, String userId) {
        if (!ready) {
            throw new IllegalStateException("the last post is not answered");
        }
        ready = false;
        var digits = Integer.toString(number);
        var body = "{\"conversationId\":\"" + conversation + "\",\"type\":\"TEXT\",\"content\":\"" + digits
                + " ".repeat(CONTENT - digits.length()) + "\"}";
        send(ByteBuffer.wrap(("POST /messages HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nX-User-Id: " + userId
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(ISO_8859_1)));
    }

    @Override
    int received(byte[] bytes, int from, int to) {
        int head = Bytes.indexOf(bytes, from, to, HEAD_END);
        if (head < 0 || !isComplete(bytes, from, head + HEAD_END.length, to)) {
            return 0;
        }
        if (Bytes.indexOf(bytes, from, from + CREATED.length, CREATED) < 0) {
            throw new IllegalStateException("a post failed: " + new String(bytes, from, to - from, ISO_8859_1));
        }
        ready = true;
        posts.answered();
        if (Bytes.indexOf(bytes, from, head, LAST_ANSWER) < 0) {
            posts.idle(this);
        }
        return to - from;
    }

    private boolean isComplete(byte[] bytes, int from, int body, int to) {
        long length = lengths.longAfter(bytes, from, body - from);
        if (length < 0) {
            length = capitalLengths.longAfter(bytes, from, body - from);
        }
        return length < 0
                ? Bytes.indexOf(bytes, Math.max(body, to - LAST_CHUNK.length), to, LAST_CHUNK) >= 0
                : to - body >= length;
    }

    /** Servers end connections that are idle for long. */
    @Override
    void ended() {
        if (ready) {
            posts.idleEnded(this);
        } else {
            posts.lost();
        }
    }
}
