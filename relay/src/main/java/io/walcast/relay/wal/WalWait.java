package io.walcast.relay.wal;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one engine waits for the WAL: in the operating system, until something comes.
 *
 * <p>The connector asks the driver again and again whether something is pending, and rests in between; the driver looks for
 * 1 ms each time, holding the lock that an acknowledgement needs as well. Resting costs latency, and looking costs
 * processor time. The sockets of a {@link WalSocketFactory} look for as long as {@link #look} says instead, and as
 * briefly as the driver asks for while the engine waits for that lock.
 *
 * <p>The driver makes its socket factory by the name of its class: the two find each other by the id of the wait.
 *
 * <p>Thread-safe.
 */
final class WalWait implements AutoCloseable {

    /** What the driver asks for, and is known by. */
    static final Duration BRIEF = Duration.ofMillis(1);

    private static final Logger LOG = LoggerFactory.getLogger(WalWait.class);
    private static final Map<String, WalWait> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong COUNT = new AtomicLong();

    private final String id = "wait-" + COUNT.incrementAndGet();
    private final Duration longLook;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile boolean brief;

    private WalWait(Duration longLook) {
        this.longLook = longLook;
    }

    /**
     * Opens one.
     *
     * @param longLook for how long a socket looks whether something comes, unless it is to look briefly
     */
    static WalWait open(Duration longLook) {
        var wait = new WalWait(longLook);
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
    Duration look() {
        return brief ? BRIEF : longLook;
    }

    /** Whether to look briefly from now on. A look that goes on is not disturbed: it ends with what comes, or in its time. */
    void lookBriefly(boolean briefly) {
        brief = briefly;
    }

    /** Has the socket closed with this wait: at once, if that is closed already. */
    void add(Socket socket) {
        sockets.removeIf(Socket::isClosed);
        sockets.add(socket);
        if (!OPEN.containsKey(id)) {
            close();
        }
    }

    /** Closes the sockets too: who reads from one that the network has swallowed is told so. */
    @Override
    public void close() {
        OPEN.remove(id);
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("A socket of the engine did not close", e);
            }
        }
    }
}
