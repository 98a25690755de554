package io.walcast.relay.wal;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How one engine waits for the WAL: in the operating system, until something comes.
 *
 * <p>The connector asks the driver again and again whether something is pending, and rests in between; the driver looks for
 * 1 ms each time, holding the lock that an acknowledgement needs as well. Resting costs latency, and looking costs
 * processor time. The sockets of a {@link WalSocketFactory} look for as long as {@link #patience} says instead, and stop
 * looking while the wait is suspended.
 *
 * <p>The driver makes its socket factory by the name of its class: the two find each other by the id of the wait.
 *
 * <p>Thread-safe.
 */
final class WalWait implements AutoCloseable {

    private static final Map<String, WalWait> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong COUNT = new AtomicLong();

    private final String id = "wait-" + COUNT.incrementAndGet();
    private final Duration patience;
    private final Queue<WalSocket> sockets = new ConcurrentLinkedQueue<>();
    private volatile boolean suspended;

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

    /** For how long a socket looks whether something comes. */
    Duration patience() {
        return patience;
    }

    boolean isSuspended() {
        return suspended;
    }

    /** Ends the looking, and has it end at once from now on. */
    void suspend() {
        suspended = true;
        sockets.forEach(WalSocket::wakeUp);
    }

    void resume() {
        suspended = false;
    }

    void add(WalSocket socket) {
        sockets.removeIf(WalSocket::isClosed);
        sockets.add(socket);
    }

    @Override
    public void close() {
        OPEN.remove(id);
    }
}
