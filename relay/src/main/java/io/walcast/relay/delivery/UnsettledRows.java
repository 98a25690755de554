package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/**
 * Finds the ranges of the outbox where rows wait, for queries that must be fast: those of the monitor and of people.
 * Thread-safe.
 *
 * <p>A row that was committed late, by a long transaction, may be overlooked until it is delivered or the low water
 * reaches it. Deliveries and sweeps do not use this class.
 */
@Component
public class UnsettledRows {

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final LowWater lowWater;
    private final OutboxIds ids;

    UnsettledRows(LowWater lowWater, RelayDatabase database) {
        this.lowWater = lowWater;
        this.ids = new OutboxIds(database.jdbc());
    }

    /**
     * Passes on ranges of ids, in order, that may have unsettled rows; {@code unsettled_outbox} returns these. Ends
     * after two seconds at the latest, plus the time of the last range.
     *
     * @param wantsMore takes the next range; returns whether it needs another one
     */
    public void walk(Predicate<IdRange> wantsMore) {
        long end = System.nanoTime() + LONGEST.toNanos();
        long from = lowWater.floor();
        long newest = ids.newest(from);
        Optional<IdRange> range = IdRange.next(from, newest, LowWater.WIDTH, ids);
        while (range.isPresent() && wantsMore.test(range.get()) && System.nanoTime() < end) {
            range = range.get().following(newest, LowWater.WIDTH, ids);
        }
    }
}
