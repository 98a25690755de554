package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxRow;

/** Where rows go. Rows come on one thread at a time per conversation, in order, not always the same. */
interface Sink {

    /**
     * Takes one row; when it returns, the row counts as delivered.
     *
     * @throws RuntimeException if the row could not be delivered; it will be tried again
     */
    void deliver(OutboxRow row) throws InterruptedException;

    /** Learns that the row was parked: it will not come again by itself. */
    void gaveUp(OutboxRow row);

    /** Learns that another process has delivered since this one last did: rows that it took will not come here. */
    void othersDelivered();
}
