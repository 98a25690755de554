package io.walcast.relay.wal;

import java.time.Duration;

/**
 * Judges from samples of the slot whether an engine still does its work. One instance watches one life of an engine.
 *
 * <p>An engine that is stuck looks alive: its connection is open and the slot active. It shows by a confirmed position
 * that does not move while the WAL grows. The caller says whether the engine waits on purpose, for a sink or for marks.
 */
final class Watchdog {

    /** The lag of a slot that means nothing, in bytes: PostgreSQL itself writes a little now and then. */
    private static final long SLACK = 16 * 1024;

    /** The longest time until an engine holds the slot, on a busy machine. */
    private static final Duration START = Duration.ofSeconds(30);

    private final Duration stallTimeout;

    private boolean started;
    private long confirmed = -1;
    private boolean progress;
    private long movedOnNanos;
    private long currentAtLastBeat = -1;

    Watchdog(Duration stallTimeout, long nowNanos) {
        this.stallTimeout = stallTimeout;
        this.movedOnNanos = nowNanos;
    }

    /**
     * Takes a new sample into account.
     *
     * @param waitsOnPurpose whether rows that were read are not settled yet
     * @return whether the engine should be replaced
     */
    boolean isStuck(SlotSample sample, boolean waitsOnPurpose, long nowNanos) {
        started |= sample.held();
        boolean moved = sample.confirmed() != confirmed;
        boolean nothingToDo = sample.held() && sample.current() - sample.confirmed() <= 2 * SLACK;
        progress |= moved && confirmed >= 0 || nothingToDo;
        if (moved || nothingToDo || waitsOnPurpose) {
            confirmed = sample.confirmed();
            movedOnNanos = nowNanos;
            return false;
        }
        Duration limit = started || stallTimeout.compareTo(START) > 0 ? stallTimeout : START;
        return nowNanos - movedOnNanos > limit.toNanos();
    }

    /** Whether the engine has once been seen to work: the slot moved, or had no reason to. */
    boolean hasSeenProgress() {
        return progress;
    }

    /**
     * For how long the slot has stood still although it had reason to move; to be asked right after {@link #isStuck}.
     */
    Duration stillFor(long nowNanos) {
        return Duration.ofNanos(nowNanos - movedOnNanos);
    }

    /**
     * Whether others have written so much that the slot needs a message of its own to advance. On an idle database no
     * such message is written.
     */
    boolean wantsBeat(SlotSample sample) {
        if (sample.current() - currentAtLastBeat <= SLACK) {
            return false;
        }
        currentAtLastBeat = sample.current();
        return true;
    }
}
