package io.walcast.identity;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads the whole body of a request, within a size, within 10 s in total, and within the memory that all bodies share.
 * Stateless.
 */
public final class RequestBody {

    /** Memory for the bodies of all requests. Thread-safe. */
    public interface Room {

        /**
         * Takes memory for one body.
         *
         * @param held bytes that this body has already
         * @return false if there is none left for it; nothing was taken
         */
        boolean take(long bytes, long held);

        void release(long bytes);
    }

    /** The body did not arrive in time. */
    public static final class SlowException extends IOException {

        private static final long serialVersionUID = 1;

        private SlowException(Duration patience) {
            super("the body took more than " + patience + " to arrive");
        }
    }

    /** The memory that all bodies share is used up. */
    public static final class NoRoomException extends IOException {

        private static final long serialVersionUID = 1;

        private NoRoomException() {
            super("too much is being received at once");
        }
    }

    /** The container limits the wait for each piece of a body, but not the time for all of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** In bytes: most bodies fit into it. */
    private static final int PIECE = 2 * 1024;

    private RequestBody() {}

    /**
     * Reads to the end, or one byte beyond the limit.
     *
     * @param limit in bytes; the returned array is longer than that if the body is
     * @param room lends the length of the returned array, which the caller must release; nothing if this throws
     * @throws SlowException if it takes longer than 10 s
     * @throws NoRoomException if the bodies of all requests take too much
     */
    public static byte[] read(InputStream stream, int limit, Room room) throws IOException {
        return read(stream, limit, PATIENCE, room);
    }

    static byte[] read(InputStream stream, int limit, Duration patience, Room room) throws IOException {
        long begun = System.nanoTime();
        var body = grown(new byte[0], Math.min(PIECE, limit + 1), room);
        int length = 0;
        try {
            while (true) {
                int read = stream.read(body, length, body.length - length);
                if (read < 0) {
                    byte[] whole = Arrays.copyOf(body, length);
                    room.release((long) body.length - length);
                    return whole;
                }
                length += read;
                if (length > limit) {
                    return body;
                }
                if (System.nanoTime() - begun > patience.toNanos()) {
                    throw new SlowException(patience);
                }
                if (length == body.length) {
                    body = grown(body, Math.min(2 * length, limit + 1), room);
                }
            }
        } catch (IOException | RuntimeException e) {
            room.release(body.length);
            throw e;
        }
    }

    private static byte[] grown(byte[] body, int length, Room room) throws NoRoomException {
        if (!room.take((long) length - body.length, body.length)) {
            throw new NoRoomException();
        }
        return Arrays.copyOf(body, length);
    }
}
