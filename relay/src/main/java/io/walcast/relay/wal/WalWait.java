package io.walcast.relay.wal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How one engine waits for the WAL: in the operating system, until something comes.
 *
 * <p>The connector asks the driver again and again whether something is pending, and rests in between; the driver looks for
 * 1 ms each time, holding the lock that an acknowledgement needs as well. Resting costs latency, and looking costs
 * processor time. The sockets of a {@link WalSocketFactory} look for as long as {@link #patience} says instead, and as
 * briefly as the driver while someone waits for its lock.
 *
 * <p>The driver makes its socket factory by the name of its class: the two find each other by the id of the wait.
 *
 * <p>Thread-safe.
 */
final class WalWait implements AutoCloseable {

    /** What the driver asks for. */
    static final Duration BRIEF = Duration.ofMillis(1);

    private static final Map<String, WalWait> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong COUNT = new AtomicLong();

    private final String id = "wait-" + COUNT.incrementAndGet();
    private final Duration patience;
    private volatile boolean brief;

    private WalWait(Duration patience) {
        this.patience = patience;
    }

    static WalWait open(Duration patience) {
        var wait = new WalWait(patience);
        OPEN.put(wait.id, wait);
        return wait;
    }

    /** The open wait of that id; null if there is none. */
    static @Nullable WalWait find(String id) {
        return OPEN.get(id);
    }

    String id() {
        return id;
    }

    /** For how long a look that begins now lasts, if nothing comes. */
    Duration patience() {
        return brief ? BRIEF : patience;
    }

    /** Whether to look briefly from now on. A look that goes on is not disturbed: it ends with what comes, or in its time. */
    void lookBriefly(boolean briefly) {
        brief = briefly;
    }

    @Override
    public void close() {
        OPEN.remove(id);
    }
}
