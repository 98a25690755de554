package io.walcast.identity;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/** Reads the body of a request whole, within a size, and within 10 s however steadily it comes. Stateless. */
public final class RequestBody {

    /** The body did not come in time. */
    public static final class SlowException extends IOException {

        private static final long serialVersionUID = 1;

        private SlowException(Duration patience) {
            super("a body took more than " + patience + " to come");
        }
    }

    /** The container waits for each piece of a body, but not for only so long in all. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Bytes: what most bodies fit into. */
    private static final int PIECE = 2 * 1024;

    private RequestBody() {}

    /**
     * Reads to the end, or one byte beyond the limit.
     *
     * @param limit in bytes; what is returned is longer than that if the body is
     * @throws SlowException if it takes longer than 10 s
     */
    public static byte[] read(InputStream stream, int limit) throws IOException {
        return read(stream, limit, PATIENCE);
    }

    static byte[] read(InputStream stream, int limit, Duration patience) throws IOException {
        long begun = System.nanoTime();
        var body = new byte[Math.min(PIECE, limit + 1)];
        int length = 0;
        while (true) {
            int read = stream.read(body, length, body.length - length);
            if (read < 0) {
                return Arrays.copyOf(body, length);
            }
            length += read;
            if (length > limit) {
                return body;
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new SlowException(patience);
            }
            if (length == body.length) {
                body = Arrays.copyOf(body, Math.min(2 * length, limit + 1));
            }
        }
    }
}
