package io.walcast.relay.wal;

import java.time.Instant;

/**
 * What the WAL side is doing.
 *
 * @param state what it is doing
 * @param reason why, in words for ops
 * @param since when it began to
 * @param restarts engines started since the process started, less the first
 */
public record WalStatus(State state, String reason, Instant since, long restarts) {

    public enum State {
        /** An engine is being started. */
        STARTING,
        /** Another relay owns the slot; this one takes over when that is gone. */
        STANDBY,
        /** The slot was created; rows committed before are being delivered from the table. */
        SWEEPING,
        /** The slot is held and read. */
        STREAMING,
        /** The slot is held, but its engine no longer moves on while the WAL does: it is replaced soon. */
        STALLED,
        /** Rows cannot be delivered or marked: the WAL is kept for them. */
        BLOCKED,
        /** The engine ended; a new one starts after a pause. */
        RESTARTING,
        /** Stopped on purpose. */
        STOPPED,
        /** Stopped, because a restart cannot help; the reason says what to do. */
        FAILED
    }
}
