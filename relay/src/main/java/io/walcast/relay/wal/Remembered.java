package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;

/**
 * The relay's notes about its slot, publication, outbox and server: a row of {@code relay_slots}.
 *
 * @param sweepPending whether a sweep is due, or was not finished
 * @param sweepReason why
 * @param lowWaterId every outbox row with a smaller id is settled
 * @param acknowledgedUpTo the slot is acknowledged up to here at most, in bytes from the beginning of the WAL; null if
 *     nothing was ever noted
 * @param history as in {@link Found}, as are the two that follow
 */
record Remembered(
        boolean sweepPending,
        @Nullable String sweepReason,
        long lowWaterId,
        @Nullable Long acknowledgedUpTo,
        @Nullable String history,
        @Nullable String publication,
        @Nullable String outboxFiles) {

    static final Remembered NOTHING = new Remembered(false, null, 0, null, null, null, null);

    /** Whether no sweep has ever been finished. */
    boolean isFirstStart() {
        return acknowledgedUpTo == null;
    }
}
