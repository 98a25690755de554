package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Test rows that pass through the WAL, delivery and the marks, but go to no sink.
 *
 * <p>Thread-safe. The newest 1,024 marked rows are remembered, since a row may be marked before its writer knows its
 * id.
 */
@Component
public final class CanaryRows {

    /** The topic of canary rows, which end in delivery itself. */
    public static final String TOPIC = "walcast.canary";

    private static final int REMEMBERED = 1_024;

    private final Set<Long> settled = new LinkedHashSet<>();

    static boolean isCanary(OutboxRow row) {
        return row.topic().equals(TOPIC);
    }

    void settled(InFlightRow delivery) {
        if (delivery.isCanary()) {
            remember(delivery.id());
        }
    }

    private synchronized void remember(long id) {
        settled.add(id);
        if (settled.size() > REMEMBERED) {
            var oldest = settled.iterator();
            oldest.next();
            oldest.remove();
        }
        notifyAll();
    }

    /**
     * Waits until all of these rows have come back to this process and are marked.
     *
     * @param ids at most a few hundred
     * @return whether they have, in time
     */
    public synchronized boolean await(Collection<Long> ids, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!settled.containsAll(ids)) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
