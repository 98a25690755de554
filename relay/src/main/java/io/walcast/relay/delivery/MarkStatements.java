package io.walcast.relay.delivery;

import java.util.Collection;
import java.util.Set;

/**
 * Writes marks into the outbox. Each method is one statement and one transaction, for any number of rows, and a repeat
 * changes nothing.
 *
 * @see OutboxMarks
 */
interface MarkStatements {

    /**
     * The bounds of the transactions that run.
     *
     * @param oldest the oldest one that has not ended
     * @param next an id above those of all that have begun. The upper bound of a snapshot is not enough: it follows the
     *     newest transaction that has ended, and later ones may run
     */
    record Transactions(long oldest, long next) {}

    /**
     * Marks rows as published after this number of attempts each; returns the number of rows that exist and were not
     * marked before.
     */
    int publish(Collection<Long> ids, int attempts);

    /** Parks rows that are not published; returns the number of those that exist and were not parked before. */
    int park(Collection<InFlightRow> deliveries);

    /** The subset of the rows that is visibly published or parked. */
    Set<Long> marked(Collection<Long> ids);

    Transactions transactions();
}
