package io.walcast.relay.wal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of the WAL side.
 *
 * @param state its present activity, or the failure
 * @param reason why it is in that state, in words for operators
 * @param obstacle the cause outside of the relay, if that is the reason
 * @param since the beginning of that state
 * @param restarts engines started since the process started, less the first
 * @param elsewhere whether messages may arrive through another relay now, and do not through this one
 */
public record WalStatus(
        State state, String reason, @Nullable Obstacle obstacle, Instant since, long restarts, boolean elsewhere) {

    public enum State {
        /** An engine is being started. */
        STARTING,
        /** Another relay owns the slot; this one takes over when that is gone. */
        STANDBY,
        /** The slot may not bring every row; those committed before are being delivered from the table. */
        SWEEPING,
        /** The slot is held and read. */
        STREAMING,
        /** The slot is held, but its engine does not advance it while the WAL grows: it is replaced soon. */
        STALLED,
        /** Rows cannot be delivered or marked: the WAL is kept for them. */
        BLOCKED,
        /** The engine ended; a new one starts after a pause. */
        RESTARTING,
        /** Stopped on purpose. */
        STOPPED,
        /** A person has to act first; the reason says what to do. The relay tries again, after 10 s at most. */
        FAILED
    }
}
