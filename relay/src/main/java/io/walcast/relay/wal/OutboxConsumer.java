package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;

/** What becomes of outbox rows. Called by the supervisor's owner thread, {@link Intake} by the engine's thread. */
public interface OutboxConsumer {

    /**
     * Delivers and marks every unpublished row that a snapshot of its own shows; returns when all of it is settled. No
     * intake is open meanwhile. The marks tell which of these rows the slot brings as well.
     *
     * @throws HaltedException if nothing can be delivered now
     */
    void sweep() throws InterruptedException;

    /**
     * The server has another history than the one that clients know: what they have may not be there, and the next
     * numbers may have been given out before.
     *
     * @throws HaltedException if those who must know of it cannot be told now
     */
    void historyChanged() throws InterruptedException;

    /**
     * Looks for rows that the slot has passed and that are not settled, a bounded number of them at a time; to be called
     * every few seconds while an intake is open.
     *
     * @param confirmed up to where the slot is acknowledged, in bytes from the beginning of the WAL
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
     * What an audit found.
     *
     * @param waits whether there are rows of which nothing can be said before the slot has passed some position
     * @param sentAgain rows that the slot never brought, and that were sent again
     * @param stranded rows that the slot never brought, and that are too many for that; then nothing was done
     */
    record Audit(boolean waits, int sentAgain, int stranded) {

        public static final Audit NOTHING = new Audit(false, 0, 0);
        public static final Audit WAITS = new Audit(true, 0, 0);
    }

    /** Where one engine puts the rows that it reads. After {@link #close()} it takes no more. */
    interface Intake extends AutoCloseable {

        /**
         * Takes the next row in commit order; blocks while too many rows are unsettled.
         *
         * @throws HaltedException if nothing can be delivered now
         * @throws IllegalStateException after {@link #close()}
         */
        Settlement take(OutboxRow row) throws InterruptedException;

        /** Why rows that were taken will never be settled, so that they have to be read again; null while all is well. */
        @Nullable
        HaltedException failure();

        @Override
        void close();
    }

    /** Whether a row needs the WAL no longer: its mark or its parking is committed. Thread-safe. */
    interface Settlement {

        Settlement DONE = () -> true;

        boolean settled();
    }
}
