package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/**
 * Where rows wait in the outbox, for questions that must be quick: those of the monitor and of people. Thread-safe.
 *
 * <p>A row that was committed late, by a transaction that was open for a while, may be overlooked until it is delivered or
 * that transaction's time is over; deliveries and sweeps do not rest on this.
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
     * Shows ranges of ids, in order, that may have unsettled rows; which ones {@code unsettled_outbox} tells. Ends after
     * two seconds at the latest, but for the time that the last range takes.
     *
     * @param wantsMore looks at the next range; returns whether it needs another one
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
