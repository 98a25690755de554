package io.walcast.app.conversations;

import io.walcast.app.conversations.ReadStatement.Marker;
import io.walcast.app.limits.WriteShares;
import io.walcast.app.problems.ProblemException;
import io.walcast.identity.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The read markers: the seq up to which each user has read each conversation. A client may move its marker as often as
 * it likes: at most one write a second is made for a user and a conversation, and the highest seq wins.
 *
 * <p><b>Lifecycle.</b> A first marker is written at once, on the thread of its request. A marker that comes within a
 * second after a write waits until the second is over, and is written with others. When the application stops, the
 * markers that wait are written. <b>Concurrency.</b> Thread-safe; no statement runs under the lock. Only users and
 * conversations of the last second are kept. <b>Error policy.</b> A marker that cannot be written, or whose row is
 * locked, waits for the next turn. A process that is killed loses those of the last second: the client's next marker
 * replaces them.
 */
@Component
class ReadMarkers implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(ReadMarkers.class);

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long TURN_MILLIS = 200;

    /** Most markers of one statement. */
    private static final int MOST = 500;

    private record Key(UUID conversationId, String userId) {}

    /**
     * @param waiting the seq that waits; null if none does
     * @param freeNanos the time from which the next write may be made
     */
    private record State(@Nullable Long waiting, long freeNanos) {}

    private final ConversationLock members;
    private final ReadStatement statement;
    private final WriteShares shares;
    private final ScheduledExecutorService turns = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "read-markers");
        thread.setDaemon(true);
        return thread;
    });

    /** This map is the lock for itself and the next field. */
    private final Map<Key, State> states = new HashMap<>();

    private boolean turnComes;

    ReadMarkers(ConversationLock members, ReadStatement statement, WriteShares shares) {
        this.members = members;
        this.statement = statement;
        this.shares = shares;
    }

    /**
     * Moves the caller's marker forward to this seq, or to the newest message if that is earlier; now, or within about
     * a second.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation
     */
    void read(UUID conversationId, UserId caller, long seq) {
        members.requireMember(conversationId, caller);
        if (mayWriteNow(new Key(conversationId, caller.value()), seq)) {
            write(List.of(new Marker(conversationId, caller.value(), seq)));
        }
    }

    private boolean mayWriteNow(Key key, long seq) {
        synchronized (states) {
            var state = states.get(key);
            if (state != null) {
                long highest = state.waiting() == null ? seq : Math.max(seq, state.waiting());
                states.put(key, new State(highest, state.freeNanos()));
                return false;
            }
            states.put(key, new State(null, System.nanoTime() + INTERVAL_NANOS));
            if (!turnComes) {
                turnComes = true;
                turns.schedule(this::takeTurn, TURN_MILLIS, TimeUnit.MILLISECONDS);
            }
            return true;
        }
    }

    private void takeTurn() {
        try {
            writeWaiting(false);
        } finally {
            synchronized (states) {
                turnComes = !states.isEmpty() && !turns.isShutdown();
                if (turnComes) {
                    turns.schedule(this::takeTurn, TURN_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    /** @param all also those whose second is not yet over */
    private void writeWaiting(boolean all) {
        List<Marker> due = takeDue(all);
        for (int from = 0; from < due.size(); from += MOST) {
            List<Marker> some = due.subList(from, Math.min(due.size(), from + MOST));
            try {
                write(some);
            } catch (DataAccessException | TransactionException | ProblemException e) {
                LOG.warn("{} read markers are not written yet: {}", some.size(), e.getMessage());
                putBack(some);
            }
        }
    }

    private List<Marker> takeDue(boolean all) {
        List<Marker> due = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (states) {
            for (var entries = states.entrySet().iterator(); entries.hasNext(); ) {
                var entry = entries.next();
                var state = entry.getValue();
                if (!all && state.freeNanos() - now > 0) {
                    continue;
                }
                if (state.waiting() == null) {
                    entries.remove();
                } else {
                    due.add(new Marker(
                            entry.getKey().conversationId(), entry.getKey().userId(), state.waiting()));
                    entry.setValue(new State(null, now + INTERVAL_NANOS));
                }
            }
        }
        return due;
    }

    /** The highest seq wins over a marker that came meanwhile. */
    private void putBack(List<Marker> markers) {
        synchronized (states) {
            for (Marker marker : markers) {
                states.merge(
                        new Key(marker.conversationId(), marker.userId()),
                        new State(marker.seq(), System.nanoTime() + INTERVAL_NANOS),
                        (state, failed) -> state.waiting() != null && state.waiting() >= marker.seq()
                                ? state
                                : new State(marker.seq(), state.freeNanos()));
            }
        }
    }

    private void write(List<Marker> markers) {
        List<Marker> locked = shares.write(null, () -> statement.write(markers));
        putBack(locked);
    }

    /** Requests have ended by now, and the pool is still open. */
    @Override
    public void destroy() throws InterruptedException {
        turns.shutdown();
        if (!turns.awaitTermination(10, TimeUnit.SECONDS)) {
            LOG.warn("A statement with read markers has not ended");
        }
        writeWaiting(true);
    }
}
