package io.walcast.relay.delivery;

import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * A range of outbox ids for one statement, both bounds included.
 *
 * <p>A statement about all rows from some id on may have to pass millions of them, or of dead entries of the index,
 * which stay as long as an old transaction is open. A statement with two bounds passes only those between them. In a gap,
 * which has no entries, each search is wider than the one before, in proportion to the gap: somebody may have set the
 * sequence ahead by any number.
 */
public record IdRange(long first, long last) {

    /** How many ids are searched at once for one that exists; more if that is quick, as it is in a gap. */
    static final long SEARCHED = 50_000;

    private static final long QUICK_NANOS = 5_000_000;
    private static final long MOST_SEARCHED = 20 * SEARCHED;

    /** Finds the lowest id that exists between two others, both included. */
    interface LowestId {

        OptionalLong between(long first, long last);
    }

    /**
     * The next range that begins with a row.
     *
     * @param from the first id that is of interest
     * @param upTo the last id that is of interest
     * @param width most ids of the range
     * @return the range; empty if there is no row between the two ids
     * @throws TransientDataAccessResourceException if the thread is interrupted: the search may take many statements
     */
    static Optional<IdRange> next(long from, long upTo, int width, LowestId lowest) {
        if (from > upTo) {
            return Optional.empty();
        }
        long searched = SEARCHED;
        long last = last(from, upTo, searched);
        long begun = System.nanoTime();
        OptionalLong found = lowest.between(from, last);
        while (found.isEmpty() && last < upTo) {
            if (Thread.currentThread().isInterrupted()) {
                throw new TransientDataAccessResourceException("the search for outbox rows was interrupted");
            }
            long now = System.nanoTime();
            searched = now - begun < QUICK_NANOS
                    ? Math.min(2 * searched, Math.max(MOST_SEARCHED, (last - from) / 64))
                    : SEARCHED;
            long first = last + 1;
            last = last(first, upTo, searched);
            begun = now;
            found = lowest.between(first, last);
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new IdRange(found.getAsLong(), last(found.getAsLong(), upTo, width)));
    }

    /** The next range after this one that begins with a row, as in {@link #next}. */
    Optional<IdRange> following(long upTo, int width, LowestId lowest) {
        return last == upTo ? Optional.empty() : next(last + 1, upTo, width, lowest);
    }

    /** The last of {@code ids} ids, or {@code upTo} if that comes first. */
    static long last(long first, long upTo, long ids) {
        return upTo - first < ids ? upTo : first + ids - 1;
    }
}
