package io.walcast.relay.delivery;

import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * Where rows go. Rows come on one thread at a time per conversation, in order, not always the same.
 *
 * <p>A sink that cannot take rows at all throws {@link HaltedException}: that is no fault of the row, which is not
 * retried but read again. It may take rows ahead of their delivery; when one of them fails it abandons all that it has
 * not delivered, takes no more until {@link #open()}, and says so by {@link #failure()}.
 */
public interface Sink {

    /** What became of a row that was taken; told once, by any thread. */
    interface Outcome {

        /** The row is delivered; or, if it was given up, those who must know of it are told. */
        void delivered();

        /** The row is not delivered and will not be; it has to be read again. */
        void abandoned();
    }

    /**
     * Begins to take rows, for the first time or again: rows that were taken before and are not delivered are abandoned.
     *
     * @throws HaltedException if it cannot; to be tried again later
     */
    void open() throws InterruptedException;

    /**
     * Takes one row.
     *
     * @return whether it is delivered now; if not, {@code outcome} is told later
     * @throws HaltedException if no row can be taken
     * @throws UndeliverableException if this row can never be delivered; it will be given up
     * @throws RuntimeException if this row could not be delivered; it may be tried again
     */
    boolean deliver(OutboxRow row, Outcome outcome) throws InterruptedException;

    /**
     * Learns that the row is about to be parked: it will not come again by itself. It is parked once those who must know of
     * it are told.
     *
     * @return whether they are told now; if not, {@code outcome} is told later, as of a delivery
     * @throws HaltedException if they cannot be told; then the row must not be parked
     */
    boolean gaveUp(OutboxRow row, Outcome outcome) throws InterruptedException;

    /** Learns that another process has delivered since this one last did: rows that it took will not come here. */
    void othersDelivered();

    /**
     * Learns that the server has another history than the one that clients know, with other messages under the same
     * numbers.
     *
     * @throws HaltedException if those who must know of it cannot be told
     */
    void historyChanged() throws InterruptedException;

    /** Why rows that were taken were abandoned; null while all is well. */
    @Nullable
    HaltedException failure();
}
