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

    /** A removal whose user nobody could read, so that it counts for every user; 0 if there is none. */
    private long anonymousRemoval;

    /** The message that was broadcast last; 0 once it is settled. */
    private long newestMessage;

    void removed(String userId, long row) {
        removals.merge(userId, row, Math::max);
    }

    void removedSomebody(long row) {
        anonymousRemoval = Math.max(anonymousRemoval, row);
    }

    void broadcast(long row) {
        newestMessage = row;
    }

    /** The row that a question about the user's membership must wait for; 0 if there is none. */
    long membershipRow(String userId) {
        return Math.max(anonymousRemoval, removals.getOrDefault(userId, 0L));
    }

    /** The row of the message that was broadcast last; 0 if it is settled. */
    long newestMessage() {
        return newestMessage;
    }

    /** @param withNewestMessage whether nobody asks for that one otherwise */
    List<Long> unsettled(boolean withNewestMessage) {
        List<Long> rows = new ArrayList<>(removals.values());
        if (anonymousRemoval != 0) {
            rows.add(anonymousRemoval);
        }
        if (newestMessage != 0 && withNewestMessage) {
            rows.add(newestMessage);
        }
        return rows;
    }

    /** Every snapshot from now on settles these rows. */
    void settle(Set<Long> rows) {
        removals.values().removeAll(rows);
        if (rows.contains(anonymousRemoval)) {
            anonymousRemoval = 0;
        }
        if (rows.contains(newestMessage)) {
            newestMessage = 0;
        }
    }

    /** Whether the tables show all that was delivered. */
    boolean isEmpty() {
        return removals.isEmpty() && anonymousRemoval == 0 && newestMessage == 0;
    }

    /** Removals count no longer: the history of the conversation is another one. */
    void forgetRemovals() {
        removals.clear();
        anonymousRemoval = 0;
    }
}
