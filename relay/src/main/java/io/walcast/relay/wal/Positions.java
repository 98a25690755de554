package io.walcast.relay.wal;

import io.walcast.relay.wal.OutboxConsumer.Settlement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The WAL positions that one engine has read, in order. Those up to the first row that is not settled may be
 * acknowledged.
 *
 * <p>A position keeps the offset of its record, and not the record. Of settled neighbours only the last one is kept, so
 * the memory is bounded by the number of rows that are not settled.
 *
 * <p>Thread-safe: the engine's thread adds and takes, the supervisor queries.
 */
final class Positions {

    /** Below this many positions it is not worth looking for settled neighbours. */
    private static final int COMPACT_FROM = 1_024;

    /** A place in the WAL that may be acknowledged once everything up to it is settled. */
    private record Position(Map<String, ?> offset, Settlement settlement) {

        boolean settled() {
            return settlement.settled();
        }
    }

    private final LongSupplier nanoClock;
    private Deque<Position> inOrder = new ArrayDeque<>();
    private int compactFrom = COMPACT_FROM;

    /** The settlement that {@link #waiting()} was last asked about, and when that was first seen at the head. */
    private @Nullable Settlement waitedFor;

    private long waitedForSince;

    Positions() {
        this(System::nanoTime);
    }

    Positions(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Appends the position of a record; {@link Settlement#DONE} for one that is no row. */
    synchronized void add(Map<String, ?> offset, Settlement settlement) {
        inOrder.addLast(new Position(offset, settlement));
        if (inOrder.size() >= compactFrom) {
            mergeSettledNeighbours();
            compactFrom = Math.max(COMPACT_FROM, 2 * inOrder.size());
        }
    }

    /** Removes the settled positions from the head; returns the offset of the last one, null if there is none. */
    synchronized @Nullable Map<String, ?> takeSettled() {
        Map<String, ?> last = null;
        for (Position head = inOrder.peekFirst(); head != null && head.settled(); head = inOrder.peekFirst()) {
            last = head.offset();
            inOrder.removeFirst();
        }
        return last;
    }

    /** Whether any row is not settled. */
    synchronized boolean hasUnsettled() {
        for (Position position : inOrder) {
            if (!position.settled()) {
                return true;
            }
        }
        return false;
    }

    /** For how long one and the same row has been the first that is not settled; zero if all are. */
    synchronized Duration waiting() {
        Settlement first = null;
        for (Position position : inOrder) {
            if (!position.settled()) {
                first = position.settlement();
                break;
            }
        }
        long now = nanoClock.getAsLong();
        if (first != waitedFor) {
            waitedFor = first;
            waitedForSince = now;
        }
        return first == null ? Duration.ZERO : Duration.ofNanos(now - waitedForSince);
    }

    private void mergeSettledNeighbours() {
        Deque<Position> merged = new ArrayDeque<>();
        for (Position position : inOrder) {
            Position before = merged.peekLast();
            if (before != null && before.settled() && position.settled()) {
                merged.removeLast();
            }
            merged.addLast(position);
        }
        inOrder = merged;
    }
}
