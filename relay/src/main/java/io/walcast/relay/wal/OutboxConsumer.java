package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;

/** What becomes of outbox rows. Called by the supervisor's owner thread, {@link Intake} by the engine's thread. */
public interface OutboxConsumer {

    /**
     * Delivers and marks every unpublished row that the exported snapshot shows.
     *
     * <p>The snapshot was exported when the slot was created: what it shows is not in the slot's stream, and what it
     * does not show is. Returns when all of it is settled.
     *
     * @param snapshot name for {@code set transaction snapshot}, valid until this method returns
     * @throws HaltedException if nothing can be delivered now
     */
    void sweep(String snapshot) throws InterruptedException;

    /**
     * Begins the life of an engine: returns once all rows handed to earlier intakes are settled or given up.
     *
     * @param othersDelivered whether another process may have delivered since the last intake of this one
     * @throws HaltedException if nothing can be delivered now
     */
    Intake open(boolean othersDelivered) throws InterruptedException;

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
