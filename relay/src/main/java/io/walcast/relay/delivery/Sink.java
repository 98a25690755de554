package io.walcast.relay.delivery;

import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * The destination of delivered rows: the rooms of this process, or Kafka. The rows of a conversation come in order, on
 * one thread at a time, which is not always the same.
 *
 * <p>A sink that cannot take rows at all throws {@link HaltedException}: that is no fault of the row, which is not
 * retried but read again. A sink may take rows before it has delivered earlier ones. When one of them fails, it
 * abandons all undelivered rows, takes no more until {@link #open()}, and reports that in {@link #failure()}.
 */
public interface Sink {

    /** The outcome of a row that was taken; called once, on any thread. */
    interface Outcome {

        /** The row is delivered, or if it was given up, its loss is reported. */
        void delivered();

        /** The row is not delivered and will not be; it has to be read again. */
        void abandoned();
    }

    /**
     * Begins to take rows, for the first time or again: rows that were taken before and are not delivered are
     * abandoned.
     *
     * @throws HaltedException if it cannot; to be tried again later
     */
    void open() throws InterruptedException;

    /**
     * Takes one row.
     *
     * @return whether it is delivered now; if not, {@code outcome} is called later
     * @throws HaltedException if no row can be taken
     * @throws UndeliverableException if this row can never be delivered; it will be given up
     * @throws RuntimeException if this row could not be delivered; it may be tried again
     */
    boolean deliver(OutboxRow row, Outcome outcome) throws InterruptedException;

    /**
     * Reports the loss of a row, which is about to be parked and will not come again by itself. It is parked once the
     * rooms, or the gateways, are informed.
     *
     * @return whether they are informed now; if not, {@code outcome} is called later, as for a delivery
     * @throws HaltedException if they cannot be informed; then the row must not be parked
     */
    boolean gaveUp(OutboxRow row, Outcome outcome) throws InterruptedException;

    /** Reports that another process has delivered since this one last did: its rows will not come here. */
    void othersDelivered();

    /**
     * Reports that the server has another history than the one that clients know, with other messages under the same
     * numbers.
     *
     * @throws HaltedException if the rooms, or the gateways, cannot be informed
     */
    void historyChanged() throws InterruptedException;

    /** The failure for which rows were abandoned; null if there is none. */
    @Nullable
    HaltedException failure();
}
