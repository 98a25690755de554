package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;

/**
 * Takes the outbox rows that the WAL side reads, and delivers them. Called by the supervisor's owner thread,
 * {@link Intake} by the engine's thread.
 */
public interface OutboxConsumer {

    /**
     * Delivers and marks every unpublished row that a snapshot of its own shows; returns when all of them are settled.
     * No intake is open meanwhile. If the slot brings such a row as well, its mark shows that it was delivered.
     *
     * @throws HaltedException if nothing can be delivered now
     */
    void sweep() throws InterruptedException;

    /**
     * Reports that the server has another history than the one that clients know: it may lack their messages, and
     * assign their numbers again.
     *
     * @throws HaltedException if the rooms, or the gateways, cannot be informed now
     */
    void historyChanged() throws InterruptedException;

    /**
     * Looks for rows that the slot has passed and that are not settled, a bounded number of them at a time; to be
     * called every few seconds while an intake is open.
     *
     * @param confirmed the position up to which the slot is acknowledged, in bytes from the beginning of the WAL
     */
    Audit audit(long confirmed);

    /**
     * Begins the life of an engine: returns once all rows handed to earlier intakes are settled or given up.
     *
     * @param missedDeliveries whether another process may have delivered since the last intake of this one
     * @throws HaltedException if nothing can be delivered now
     */
    Intake open(boolean missedDeliveries) throws InterruptedException;

    /**
     * The result of an audit.
     *
     * @param waits whether there are rows that can be judged only when the slot has passed some position
     * @param sentAgain rows that the slot never brought, and that were sent again
     * @param stranded rows that the slot never brought, if they are too many to send again; then nothing was done
     */
    record Audit(boolean waits, int sentAgain, int stranded) {

        public static final Audit NOTHING = new Audit(false, 0, 0);
        public static final Audit WAITS = new Audit(true, 0, 0);
    }

    /** Takes the rows that one engine reads, until {@link #close()}. */
    interface Intake extends AutoCloseable {

        /**
         * Takes the next row in commit order; blocks while too many rows are unsettled.
         *
         * @throws HaltedException if nothing can be delivered now
         * @throws IllegalStateException after {@link #close()}
         */
        Settlement take(OutboxRow row) throws InterruptedException;

        /**
         * The failure for which rows that were taken will never be settled, and have to be read again; null if there is
         * none.
         */
        @Nullable
        HaltedException failure();

        @Override
        void close();
    }

    /**
     * Whether a row is settled, so that it no longer needs the WAL: its mark or its parking is committed. Thread-safe.
     */
    interface Settlement {

        Settlement DONE = () -> true;

        boolean settled();
    }
}
