package io.walcast.relay.delivery;

import java.util.Collection;
import java.util.Set;

/**
 * Writes marks into the outbox. Each method is one statement and one transaction, however many rows it is for, and doing
 * it twice changes nothing.
 *
 * @see OutboxMarks
 */
interface MarkStatements {

    /**
     * Which transactions there are.
     *
     * @param oldest the oldest one that has not ended
     * @param next one that is later than all that had begun. A snapshot's own bound would not do: it follows the
     *     newest transaction that has ended, and later ones may run
     */
    record Transactions(long oldest, long next) {}

    /** Marks rows published after so many attempts each; returns how many rows were there and not marked before. */
    int publish(Collection<Long> ids, int attempts);

    /** Parks rows that are not published; returns how many of them were there and not parked before. */
    int park(Collection<InFlightRow> deliveries);

    /** Those of the rows that are visibly published or parked. */
    Set<Long> marked(Collection<Long> ids);

    Transactions transactions();
}
