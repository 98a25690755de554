package io.walcast.relay.wal;

/** Learns of each acknowledgement before it is sent. */
interface AcknowledgementListener {

    /**
     * Called on the engine's own thread, immediately before the slot is acknowledged up to there.
     *
     * @param lsn the position, in bytes from the beginning of the WAL; everything before it is settled
     * @throws RuntimeException to end the engine instead
     */
    void beforeAcknowledge(long lsn) throws InterruptedException;
}
