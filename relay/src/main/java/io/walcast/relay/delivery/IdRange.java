package io.walcast.relay.delivery;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Ids that one statement about the outbox is about, both bounds included.
 *
 * <p>A statement about all rows from some id on may have to pass millions of them, or of the traces that deleted ones
 * leave in the index as long as an old transaction is open. One with two bounds passes no more than are between them.
 */
public record IdRange(long first, long last) {

    /** How many ids are searched at once for one that exists. */
    static final long SEARCHED = 50_000;

    /** Finds the lowest id that exists between two others, both included. */
    interface LowestId {

        OptionalLong between(long first, long last);
    }

    /**
     * The next range that begins with a row.
     *
     * @param from where to begin
     * @param upTo the last id that is of interest
     * @param width how many ids the range has at most
     * @return empty if there is no row between the two
     */
    static Optional<IdRange> next(long from, long upTo, int width, LowestId lowest) {
        for (long first = from; first <= upTo; first += SEARCHED) {
            OptionalLong found = lowest.between(first, Math.min(first + SEARCHED - 1, upTo));
            if (found.isPresent()) {
                return Optional.of(new IdRange(found.getAsLong(), Math.min(found.getAsLong() + width - 1, upTo)));
            }
        }
        return Optional.empty();
    }
}
