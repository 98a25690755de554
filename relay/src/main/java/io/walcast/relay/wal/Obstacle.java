package io.walcast.relay.wal;

/** A cause outside of the relay that prevents delivery, where it is known. */
public enum Obstacle {
    /** The publication does not bring the rows of the outbox. */
    PUBLICATION,
    /** A slot cannot be created before a transaction has ended. */
    TRANSACTION
}
