package io.walcast.relay.rooms;

import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the one subscription of a room that reads the table for all that wait for the same event, which was broadcast
 * and whose commit is not visible yet.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Thread-safe; calls nothing while it holds its monitor.
 */
final class Scout {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final List<Subscription> others = new ArrayList<>();
    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private @Nullable Subscription scout;

    /** Adds a subscription to those that wait. Returns whether it is the one that reads for all of them. */
    synchronized boolean waits(Subscription subscription) {
        if (scout == null) {
            scout = subscription;
        } else if (scout != subscription) {
            others.add(subscription);
        }
        return scout == subscription;
    }

    /** How long the scout must wait before it reads again. */
    synchronized Duration nextPause() {
        return pauses.next();
    }

    /**
     * Ends the wait of a subscription. If it read for others, they must read for themselves.
     *
     * @param found whether it stopped because the event is visible
     * @return the others
     */
    synchronized List<Subscription> release(Subscription subscription, boolean found) {
        if (scout != subscription) {
            return List.of();
        }
        scout = null;
        if (found) {
            pauses.reset();
        }
        List<Subscription> released = List.copyOf(others);
        others.clear();
        return released;
    }
}
