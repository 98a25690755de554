package io.walcast.relay.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Deletes old published rows from the outbox, in batches so small that no statement waits for their locks.
 *
 * <p>It continues where the last deletion ended: as long as an old transaction is open, deleted rows leave dead entries
 * in the index, and a search from the beginning would pass all of them each time. Once an hour, or in each retention
 * time if that is longer, a new pass begins, for rows that were not published when the last one reached them. It begins
 * at the first row that the last one left, or at the low water of that time, above which a row could still appear. For
 * one thread.
 */
@Component
class Retention {

    /** The queries of the outbox, and its deletions. */
    interface Tables extends IdRange.LowestId {

        /** No row with a smaller id can appear, unless the sequence of ids was restarted. */
        long lowWater();

        /** The highest visible id; {@code from - 1} if there is none from {@code from} on. */
        long newest(long from);

        /**
         * Deletes the rows of the range that were published before, except parked ones.
         *
         * @return whether a row of the range is younger than that; then those after it are younger still
         */
        boolean deleteUpToYoung(IdRange range, Instant publishedBefore);
    }

    static final int BATCH = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration SHORTEST_PASS = Duration.ofHours(1);

    private final Duration retention;
    private final Duration pass;
    private final Tables tables;

    private Instant passBegun = Instant.MIN;
    private long lowWater;
    private long next;

    /** Where the next pass begins. */
    private long nextPass;

    /** Whether {@link #nextPass} is final for this pass. */
    private boolean leftARow;

    Retention(OutboxSettings settings, Tables tables) {
        this.retention = settings.retention();
        this.pass = retention.compareTo(SHORTEST_PASS) < 0 ? SHORTEST_PASS : retention;
        this.tables = tables;
    }

    /** Deletes all that is old enough now. */
    void deleteOld(Instant now) {
        try {
            beginPass(now);
            deleteBefore(now.minus(retention));
        } catch (DataAccessException e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.debug("The deletion of published rows was interrupted", e);
            } else {
                LOG.warn("Published rows could not be deleted, trying again later: {}", e.getMessage());
            }
        }
    }

    private void beginPass(Instant now) {
        long before = lowWater;
        lowWater = tables.lowWater();
        if (lowWater < before) {
            // Somebody set it back: the sequence of ids may have been restarted.
            nextPass = 0;
            passBegun = Instant.MIN;
        }
        if (passBegun.isBefore(now.minus(pass))) {
            next = nextPass;
            leftARow = false;
            passBegun = now;
        }
    }

    private void deleteBefore(Instant before) {
        long newest = tables.newest(next);
        Optional<IdRange> range = IdRange.next(next, newest, BATCH, tables);
        while (range.isPresent() && !Thread.currentThread().isInterrupted()) {
            next = range.get().first();
            boolean young = tables.deleteUpToYoung(range.get(), before);
            noteWhatIsLeft(range.get());
            if (young) {
                return;
            }
            next = range.get().last() + 1;
            range = range.get().following(newest, BATCH, tables);
        }
    }

    private void noteWhatIsLeft(IdRange range) {
        if (leftARow) {
            return;
        }
        OptionalLong left = tables.between(range.first(), range.last());
        long reached = left.orElse(range.last() + 1);
        nextPass = Math.min(reached, lowWater);
        leftARow = left.isPresent() || reached > lowWater;
    }
}
