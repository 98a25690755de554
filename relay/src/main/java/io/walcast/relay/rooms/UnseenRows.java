package io.walcast.relay.rooms;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Outbox rows that were delivered and that no snapshot has shown so far: their commits are about to become visible,
 * wait for a synchronous standby, or are gone (deleted by hand, or lost by a restore).
 *
 * <p>A row is certainly gone if a snapshot does not show it although every transaction has ended that had begun by some
 * moment after its delivery. Thread-safe.
 */
final class UnseenRows {

    /** Nearly all rows become visible sooner, and so cost no transaction id. */
    private static final long DOUBT_AFTER_NANOS = 1_000_000_000;

    /**
     * More than all rooms together ask for at once: otherwise the doubts of one round would displace those of another.
     */
    private static final int MOST = 2 * Rooms.MOST_ROWS;

    private static final long NONE = Long.MAX_VALUE;

    private record Doubt(long sinceNanos, long transaction) {}

    private final Map<Long, Doubt> doubts = new ConcurrentHashMap<>();

    /**
     * Whether a snapshot settles a row.
     *
     * @param shown whether it shows the row
     * @param oldestTransaction the oldest transaction that runs in it
     * @param nextTransaction gives a transaction id that is higher than all in use
     */
    boolean settled(long row, boolean shown, long oldestTransaction, long nanoTime, LongSupplier nextTransaction) {
        if (row == 0) {
            return true;
        }
        if (shown) {
            doubts.remove(row);
            return true;
        }
        Doubt doubt = doubts.get(row);
        if (doubt == null) {
            if (doubts.size() >= MOST) {
                // The rows begin again when they are asked about again.
                doubts.clear();
            }
            doubts.put(row, new Doubt(nanoTime, NONE));
        } else if (doubt.transaction() != NONE) {
            return oldestTransaction > doubt.transaction();
        } else if (nanoTime - doubt.sinceNanos() > DOUBT_AFTER_NANOS) {
            doubts.put(row, new Doubt(doubt.sinceNanos(), nextTransaction.getAsLong()));
        }
        return false;
    }
}
