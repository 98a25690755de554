package io.walcast.relay.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of conversations whose delivery failed: a lane per conversation, in order, with the time of the next
 * attempt.
 *
 * <p>A lane exists from the failure of its first row until it is empty, so no row can overtake one of its own
 * conversation. A lane has a share of the permits, and all lanes together have one. A lane that has outgrown its share
 * may not be postponed. If all lanes together have outgrown theirs, the next ones of the schedule are due at once.
 *
 * <p><b>Concurrency.</b> Thread-safe; only {@link #awaitDue()} waits. The caller decides which thread works on the
 * first row of a lane. <b>Error policy.</b> A lane leaves the schedule only when it is empty or has a later place in
 * it, so a lane is still due after a retry that was interrupted.
 */
final class Lanes {

    /** Guarded by the monitor of its lanes. */
    static final class Lane {

        private final String eventKey;
        private final Queue<InFlightRow> rows = new ArrayDeque<>();
        private boolean distrusted;
        private @Nullable Due due;

        private Lane(String eventKey) {
            this.eventKey = eventKey;
        }
    }

    /** A lane's place in the schedule; void once the lane has another one. */
    private record Due(long nanos, Lane lane) implements Comparable<Due> {

        @Override
        public int compareTo(Due other) {
            return Long.compare(nanos - other.nanos, 0);
        }
    }

    private static final int LANES_SHARE = 2;
    private static final int LANE_SHARE = 16;

    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final Distrust distrust;
    private final LongSupplier clock;
    private final int mostRows;
    private final long mostBytes;
    private final int mostRowsOfLane;

    /** By event key. Almost always empty. */
    private final Map<String, Lane> lanes = new HashMap<>();

    private final PriorityQueue<Due> schedule = new PriorityQueue<>();
    private int rows;
    private long bytes;

    /** @param distrust takes note of lanes that end with a parked row */
    Lanes(DeliverySettings settings, Distrust distrust, LongSupplier clock) {
        this.distrust = distrust;
        this.clock = clock;
        this.mostRows = Math.max(1, settings.maxUnsettled() / LANES_SHARE);
        this.mostBytes = settings.maxUnsettledBytes().toBytes() / LANES_SHARE;
        this.mostRowsOfLane = Math.max(1, settings.maxUnsettled() / LANE_SHARE);
    }

    /**
     * Queues the row if its conversation has a lane.
     *
     * @return whether it has one
     */
    synchronized boolean queueBehind(InFlightRow row) {
        if (lanes.isEmpty()) {
            return false;
        }
        Lane lane = lanes.get(row.row().eventKey());
        if (lane == null) {
            return false;
        }
        add(lane, row);
        Due due = lane.due;
        if (hasOutgrown(lane) && due != null && due.nanos() - clock.getAsLong() > 0) {
            schedule(lane, 0);
        } else if (crowded()) {
            notifyAll();
        }
        return true;
    }

    /** Opens a lane that begins with this row, which is due after this many nanoseconds. */
    synchronized void open(InFlightRow row, long pauseNanos) {
        var lane = new Lane(row.row().eventKey());
        lanes.put(lane.eventKey, lane);
        add(lane, row);
        schedule(lane, pauseNanos);
    }

    /** Returns when a lane is due, after a second at the latest. */
    synchronized void awaitDue() throws InterruptedException {
        Due next = next();
        if (next == null) {
            wait(LONGEST_WAIT_MILLIS);
            return;
        }
        long millis = (next.nanos() - clock.getAsLong()) / 1_000_000 + 1;
        if (millis > 1 && !crowded()) {
            wait(Math.min(millis, LONGEST_WAIT_MILLIS));
        }
    }

    /** The lane to advance now, which keeps its place; null if none is due. */
    synchronized @Nullable Lane due() {
        Due next = next();
        return next != null && (crowded() || next.nanos() - clock.getAsLong() <= 0) ? next.lane() : null;
    }

    /** The first row of the lane; null if it has none. */
    synchronized @Nullable InFlightRow head(Lane lane) {
        return lane.rows.peek();
    }

    /** Removes the first row, and with its last row the lane; does nothing if the lane was abandoned meanwhile. */
    synchronized void removeHead(Lane lane, InFlightRow head) {
        if (lane.rows.peek() == head) {
            remove(lane);
            if (lane.rows.isEmpty()) {
                close(lane);
            }
        }
    }

    /** Makes the lane due after this many nanoseconds; returns false if it may not wait. */
    synchronized boolean postpone(Lane lane, long pauseNanos) {
        if (lane.distrusted || hasOutgrown(lane) || crowded()) {
            return false;
        }
        schedule(lane, pauseNanos);
        return true;
    }

    /** Puts the lane after the other lanes that are due. */
    synchronized void yieldTurn(Lane lane) {
        if (lane.due != null) {
            schedule(lane, 0);
        }
    }

    /** A row of the lane was delivered. */
    synchronized void trust(Lane lane) {
        lane.distrusted = false;
    }

    /** A row of the lane was parked although its failure could have passed: the next ones get one attempt each. */
    synchronized void distrust(Lane lane) {
        lane.distrusted = true;
    }

    /** Leaves the rows of the lane to the next engine, which reads them from the WAL again. */
    synchronized void abandon(Lane lane) {
        lane.rows.forEach(InFlightRow::abandoned);
        while (!lane.rows.isEmpty()) {
            remove(lane);
        }
        close(lane);
    }

    /** Leaves all rows to the next engine. */
    synchronized void abandonAll() {
        List.copyOf(lanes.values()).forEach(this::abandon);
    }

    private boolean hasOutgrown(Lane lane) {
        return lane.rows.size() > mostRowsOfLane;
    }

    /** Whether rows in lanes take so many of the permits that others might soon have to wait for them. */
    private boolean crowded() {
        return rows > mostRows || bytes > mostBytes;
    }

    private void schedule(Lane lane, long pauseNanos) {
        var due = new Due(clock.getAsLong() + pauseNanos, lane);
        schedule.add(due);
        lane.due = due;
        notifyAll();
    }

    private @Nullable Due next() {
        Due next = schedule.peek();
        while (next != null && next.lane().due != next) {
            schedule.remove();
            next = schedule.peek();
        }
        return next;
    }

    private void add(Lane lane, InFlightRow row) {
        lane.rows.add(row);
        rows++;
        bytes += row.bytes();
    }

    private void remove(Lane lane) {
        InFlightRow removed = lane.rows.remove();
        rows--;
        bytes -= removed.bytes();
    }

    private void close(Lane lane) {
        lanes.remove(lane.eventKey);
        lane.due = null;
        if (lane.distrusted) {
            distrust.note(lane.eventKey);
        }
    }
}
