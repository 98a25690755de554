package io.walcast.relay.rooms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Outbox rows that were delivered to one room and that the tables may not show yet. Of each kind only the latest row
 * counts: a snapshot that shows it shows the earlier ones as well.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Not thread-safe: guarded by the room's monitor.
 */
final class PendingRows {

    /** The latest removals, by user. */
    private final Map<String, Long> removals = new HashMap<>();

    /** A removal whose user is unknown, so that it counts for every user; 0 if there is none. */
    private long anonymousRemoval;

    /** The row of the log that was delivered last; 0 once it is settled. */
    private long newest;

    /** Whether the content of one of these rows must be read from the table. */
    private boolean tableOnly;

    void removed(String userId, long row) {
        removals.merge(userId, row, Math::max);
    }

    void removedSomebody(long row) {
        anonymousRemoval = Math.max(anonymousRemoval, row);
    }

    /** An event of the log was delivered. */
    void delivered(long row) {
        newest = row;
    }

    /** A row of the log was delivered whose content is in the table only. */
    void deliveredInTable(long row) {
        newest = row;
        tableOnly = true;
    }

    /** Whether each new subscription must read the table up to the newest row. */
    boolean inTableOnly() {
        return tableOnly;
    }

    /** The row that a read of the user's membership must wait for; 0 if there is none. */
    long membershipRow(String userId) {
        return Math.max(anonymousRemoval, removals.getOrDefault(userId, 0L));
    }

    /** The row of the log that was delivered last; 0 if it is settled. */
    long newest() {
        return newest;
    }

    /** @param withNewest whether to include the newest row, since no subscription reads it */
    List<Long> unsettled(boolean withNewest) {
        List<Long> rows = new ArrayList<>(removals.values());
        if (anonymousRemoval != 0) {
            rows.add(anonymousRemoval);
        }
        if (newest != 0 && withNewest) {
            rows.add(newest);
        }
        return rows;
    }

    /** Drops these rows: every snapshot from now on settles them. */
    void settle(Set<Long> rows) {
        removals.values().removeAll(rows);
        if (rows.contains(anonymousRemoval)) {
            anonymousRemoval = 0;
        }
        if (rows.contains(newest)) {
            settleNewest();
        }
    }

    /** Whether the tables show all that was delivered. */
    boolean isEmpty() {
        return removals.isEmpty() && anonymousRemoval == 0 && newest == 0;
    }

    /** Drops the row of the log that was delivered last: every snapshot from now on settles it. */
    void settleNewest() {
        newest = 0;
        tableOnly = false;
    }

    /** Drops all removals: the conversation has another history. */
    void forgetRemovals() {
        removals.clear();
        anonymousRemoval = 0;
    }
}
