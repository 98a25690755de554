package io.walcast.relay.wal;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one engine wait for WAL data in the operating system, until data comes.
 *
 * <p>The connector repeatedly asks the driver whether data is pending, and sleeps in between. Each of these polls is a
 * read with a time limit of 1 ms, under the lock that an acknowledgement needs as well. Sleeping costs latency, and
 * polling costs processor time. The sockets of a {@link WalSocketFactory} let a poll last for {@link #pollTimeout}
 * instead, and as briefly as the driver asks for while an acknowledgement waits for that lock. A stream of commits
 * without a gap would keep the lock from the acknowledgement. So after {@link #LONGEST_STARVATION} polls find nothing,
 * which makes the connector sleep.
 *
 * <p>The driver creates its socket factory by class name, so the factory finds its wait by an id.
 *
 * <p>Thread-safe.
 */
final class WalWait implements AutoCloseable {

    /** The time limit of the driver's polls, by which they are recognised. */
    static final Duration SHORT_POLL = Duration.ofMillis(1);

    /** The time that an acknowledgement waits for the driver's lock before the reading thread is made to pause. */
    static final Duration LONGEST_STARVATION = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(WalWait.class);
    private static final Map<String, WalWait> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong COUNT = new AtomicLong();
    private static final long LONG_POLL = Long.MIN_VALUE;

    private final String id = "wait-" + COUNT.incrementAndGet();
    private final Duration longPoll;
    private final LongSupplier nanoClock;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    /** When short polls began to be used; {@link #LONG_POLL} if they are not. */
    private volatile long shortPollSince = LONG_POLL;

    private WalWait(Duration longPoll, LongSupplier nanoClock) {
        this.longPoll = longPoll;
        this.nanoClock = nanoClock;
    }

    /**
     * Opens a wait.
     *
     * @param longPoll the time for which a poll waits for data, unless short polls are in use
     */
    static WalWait open(Duration longPoll) {
        return open(longPoll, System::nanoTime);
    }

    static WalWait open(Duration longPoll, LongSupplier nanoClock) {
        var wait = new WalWait(longPoll, nanoClock);
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

    /** The time for which a poll that begins now waits for data. */
    Duration pollTimeout() {
        return shortPollSince == LONG_POLL ? longPoll : SHORT_POLL;
    }

    /**
     * Whether polls that begin from now on are short. A poll in progress ends with the data that comes, or in its time.
     */
    void useShortPoll(boolean shortly) {
        if (!shortly) {
            shortPollSince = LONG_POLL;
        } else if (shortPollSince == LONG_POLL) {
            shortPollSince = nanoClock.getAsLong();
        }
    }

    /** Whether polls find nothing now, so that the connector sleeps and the acknowledgement gets the lock. */
    boolean isStarved() {
        long since = shortPollSince;
        return since != LONG_POLL && nanoClock.getAsLong() - since > LONGEST_STARVATION.toNanos();
    }

    /** Has the socket closed with this wait: at once, if that is closed already. */
    void add(Socket socket) {
        sockets.removeIf(Socket::isClosed);
        sockets.add(socket);
        if (!OPEN.containsKey(id)) {
            close();
        }
    }

    /** Closes the sockets too, which ends every read on a connection that the network has cut silently. */
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
