package io.walcast.relay.ops;

/** The state of the relay for operators. It delivers and is ready in {@link #STREAMING} only. */
public enum RelayState {
    /** An engine is being started. */
    STARTING,
    /** Another relay holds the slot; this one takes over when it is free. */
    STANDBY,
    /** The slot may not bring every row; those committed before are being delivered from the table. */
    SWEEPING,
    /** It streams, and sends canary rows until delivery is fast. */
    WARMING,
    /** All is well. */
    STREAMING,
    /** The engine makes no progress while the WAL grows. */
    STALLED,
    /** Rows that were read cannot be delivered or marked, or PostgreSQL does not answer. */
    BLOCKED,
    /** It says that it streams, but a canary does not come back. */
    NOT_DELIVERING,
    /** The engine ended; a new one starts after a pause. */
    RESTARTING,
    /** Stopped on purpose. */
    STOPPED,
    /** A person has to act first. The relay tries again, after 10 s at most. */
    FAILED
}
