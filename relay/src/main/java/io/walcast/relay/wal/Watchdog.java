package io.walcast.relay.wal;

import java.time.Duration;

/**
 * Judges from samples of the slot whether an engine still does its work. One instance watches one life of an engine.
 *
 * <p>An engine that is stuck looks alive: its connection is open and the slot active. What gives it away is a confirmed
 * position that stays where it is while the WAL goes on. Waiting on purpose, for a sink or for marks, is told apart by
 * whoever asks.
 */
final class Watchdog {

    /** The WAL that a slot may trail without meaning anything, in bytes: PostgreSQL itself writes a little now and then. */
    private static final long SLACK = 16 * 1024;

    private final Duration patience;

    private long confirmed = -1;
    private long movedOnNanos;
    private long currentAtLastBeat = -1;

    Watchdog(Duration patience, long nowNanos) {
        this.patience = patience;
        this.movedOnNanos = nowNanos;
    }

    /**
     * Takes a new sample into account.
     *
     * @param waitsOnPurpose whether rows that were read are not settled yet
     * @return whether the engine should be replaced
     */
    boolean isStuck(SlotSample sample, boolean waitsOnPurpose, long nowNanos) {
        boolean moved = sample.confirmed() != confirmed;
        boolean nothingToDo = sample.held() && sample.current() - sample.confirmed() <= 2 * SLACK;
        if (moved || nothingToDo || waitsOnPurpose) {
            confirmed = sample.confirmed();
            movedOnNanos = nowNanos;
            return false;
        }
        return nowNanos - movedOnNanos > patience.toNanos();
    }

    /**
     * Whether others have written so much that the slot wants a message of its own to move on with. On a database where
     * nobody writes, nothing is written for the slot's sake either.
     */
    boolean wantsBeat(SlotSample sample) {
        if (sample.current() - currentAtLastBeat <= SLACK) {
            return false;
        }
        currentAtLastBeat = sample.current();
        return true;
    }
}
