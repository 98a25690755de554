package io.walcast.relay.gateway.websocket;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Times a few messages a second, from an idle connection's queue until they are written, and no others.
 *
 * <p>A timer makes a sample due at intervals; the next message that finds its connection idle is timed. So a message of
 * a quiet chat is always timed, and in a burst each other message costs the read of a field. Thread-safe; two messages
 * may be timed where one was due.
 */
final class WriteSampler {

    private static final int REMEMBERED = 512;

    private final long[] times = new long[REMEMBERED];
    private final long[] ends = new long[REMEMBERED];
    private int next;

    private volatile boolean due;
    private volatile @Nullable Timer timer;

    void recordTo(Timer timer) {
        this.timer = timer;
    }

    void makeDue() {
        due = timer != null;
    }

    /** When the message was queued, if it is to be timed; else 0. */
    long begin() {
        if (!due) {
            return 0;
        }
        due = false;
        return System.nanoTime() | 1;
    }

    void written(long begun) {
        Timer known = timer;
        if (known != null) {
            long now = System.nanoTime();
            known.record(now - begun, TimeUnit.NANOSECONDS);
            synchronized (times) {
                times[next] = now - begun;
                ends[next] = now;
                next = (next + 1) % REMEMBERED;
            }
        }
    }

    /** The durations of the last writes that ended within the window, in nanoseconds. */
    long[] recent(Duration window) {
        long now = System.nanoTime();
        synchronized (times) {
            return IntStream.range(0, REMEMBERED)
                    .filter(i -> ends[i] != 0 && now - ends[i] < window.toNanos())
                    .mapToLong(i -> times[i])
                    .toArray();
        }
    }
}
