package io.walcast.relay.wal;

/** What somebody else has in the way of delivery, where that can be told. */
public enum Obstacle {
    /** The publication does not bring the rows of the outbox. */
    PUBLICATION,
    /** A slot cannot be made before a transaction has ended. */
    TRANSACTION
}
