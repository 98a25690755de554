package io.walcast.relay.wal;

/** A callback before each acknowledgement of the slot. */
interface AcknowledgementListener {

    /**
     * Called on the engine's own thread, immediately before the slot is acknowledged up to this position.
     *
     * @param lsn the position, in bytes from the beginning of the WAL; everything before it is settled
     * @throws RuntimeException to end the engine instead
     */
    void beforeAcknowledge(long lsn) throws InterruptedException;
}
