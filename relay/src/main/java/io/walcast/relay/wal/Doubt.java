package io.walcast.relay.wal;

import java.time.Instant;

/**
 * A reason not to trust that the slot brings every row. Each is followed by a sweep.
 *
 * @param cause its kind
 * @param what the finding, in words for operators
 * @param at when it was found
 */
public record Doubt(Cause cause, String what, Instant at) {

    public enum Cause {
        /** There is no slot: the first start, or somebody dropped it. */
        SLOT_MISSING,
        /** PostgreSQL invalidated the slot. */
        SLOT_LOST,
        /** The slot cannot pass a change in the WAL. */
        SLOT_STUCK,
        /** The slot stands beyond the position that this relay has acknowledged. */
        SLOT_MOVED,
        /** The publication was changed, or made again. */
        PUBLICATION_CHANGED,
        /** The outbox was truncated, restored or rewritten: ids may have started again. */
        OUTBOX_CHANGED,
        /** The server was promoted, or restored. */
        HISTORY_CHANGED,
        /** Rows were found that the slot never brought. */
        ROWS_STRANDED,
        /** A sweep was asked for, or was not finished. */
        SWEEP_PENDING
    }

    static Doubt of(Cause cause, String what) {
        return new Doubt(cause, what, Instant.now());
    }

    /** Whether this doubt has the same text as the other one. */
    boolean isOf(Doubt other) {
        return what.equals(other.what);
    }

    /** Whether rows below the low water may be unsettled too. */
    boolean concernsAllIds() {
        return cause == Cause.OUTBOX_CHANGED || cause == Cause.ROWS_STRANDED;
    }
}
