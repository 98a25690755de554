package io.walcast.relay.ops;

/** What ops are told that the relay does; only in one of these it delivers and is ready. */
public enum RelayState {
    /** An engine is being started. */
    STARTING,
    /** Another relay holds the slot; this one takes over when it is free. */
    STANDBY,
    /** The slot may not bring every row; those committed before are being delivered from the table. */
    SWEEPING,
    /** It streams, and tries the way until it is fast. */
    WARMING,
    /** All is well. */
    STREAMING,
    /** The engine no longer moves on while the WAL does. */
    STALLED,
    /** Rows that were read cannot be delivered or marked, or PostgreSQL does not answer. */
    BLOCKED,
    /** It says that it streams, but a canary does not come back. */
    NOT_DELIVERING,
    /** The engine ended; a new one starts after a pause. */
    RESTARTING,
    /** Stopped on purpose. */
    STOPPED,
    /** Somebody has to act first; it is tried again every 10 s at most. */
    FAILED
}
