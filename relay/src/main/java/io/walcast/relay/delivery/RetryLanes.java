package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps the order of conversations in trouble: a lane per conversation whose first row failed, with all its later rows
 * behind it, until the first is delivered or parked and the rest has followed.
 *
 * <p>A failure that can never pass parks its row at once. Any other is tried again, but not at the cost of other
 * conversations:
 *
 * <ul>
 *   <li>After a row was parked, the following ones of its conversation get one attempt each, until one succeeds.
 *   <li>A lane that has outgrown its share of the permits waits no longer: the next failure parks its first row.
 *   <li>If all lanes together have outgrown theirs, those go first that would be tried next anyway.
 * </ul>
 *
 * <p><b>Concurrency.</b> One thread at a time delivers rows and reports their failures; {@link #runDue()} is for the
 * {@linkplain Retries retry thread}. A lane exists from the failure of its first row until it is empty, so no row can
 * overtake one of its own conversation. This object's monitor guards the lanes and is never held while a row is
 * delivered; the lock {@code turn} is. <b>Error policy.</b> An {@code Error} is a failure of the row, like any other. A
 * lane leaves the schedule only when it is empty or has a later place in it, so one whose retry was broken off is due
 * still.
 */
@Component
class RetryLanes {

    /** What is done to a row outside of the lanes. */
    interface Attempts {

        /**
         * @throws HaltedException if nothing can be delivered now; then nothing was done
         * @throws RuntimeException if the sink refused the row; then nothing else was done
         */
        void deliver(RowDelivery delivery) throws InterruptedException;

        /**
         * Has the row parked.
         *
         * @throws HaltedException if that cannot be done now
         */
        void giveUp(RowDelivery delivery) throws InterruptedException;
    }

    /** The rows of one conversation in trouble. Guarded by the monitor of its RetryLanes. */
    private static final class Lane {

        private final String eventKey;
        private final Queue<RowDelivery> rows = new ArrayDeque<>();
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

    /** A lane that is never empty must not keep the others waiting. */
    private static final int ROWS_A_TURN = 100;

    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final Attempts attempts;
    private final DeliverySettings settings;
    private final LongSupplier clock;
    private final FailureLog log;
    private final Distrust distrust = new Distrust();
    private final int mostRows;
    private final long mostBytes;
    private final int mostRowsOfLane;
    private final Counter retried;
    private final Counter parked;

    /** Held by whoever works on the rows of lanes. Taken before the monitor; fair, for who abandons them must get it. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** By event key; guarded by this, as is all that follows. Almost always empty. */
    private final Map<String, Lane> lanes = new HashMap<>();

    private final PriorityQueue<Due> schedule = new PriorityQueue<>();
    private int rows;
    private long bytes;

    @Autowired
    RetryLanes(Attempts attempts, DeliverySettings settings, MeterRegistry meters) {
        this(attempts, settings, meters, System::nanoTime);
    }

    RetryLanes(Attempts attempts, DeliverySettings settings, MeterRegistry meters, LongSupplier clock) {
        this.attempts = attempts;
        this.settings = settings;
        this.clock = clock;
        this.log = new FailureLog(clock);
        this.mostRows = Math.max(1, settings.maxUnsettled() / LANES_SHARE);
        this.mostBytes = settings.maxUnsettledBytes().toBytes() / LANES_SHARE;
        this.mostRowsOfLane = Math.max(1, settings.maxUnsettled() / LANE_SHARE);
        this.retried = Counter.builder("walcast.delivery.retries")
                .description("Deliveries of outbox rows that failed before")
                .register(meters);
        this.parked = Counter.builder("walcast.delivery.parked")
                .description("Outbox rows that were given up")
                .register(meters);
    }

    /**
     * Queues the row if its conversation has a lane.
     *
     * @return whether it has one
     */
    synchronized boolean queueBehind(RowDelivery delivery) {
        if (lanes.isEmpty()) {
            return false;
        }
        Lane lane = lanes.get(delivery.row().eventKey());
        if (lane == null) {
            return false;
        }
        add(lane, delivery);
        Due due = lane.due;
        if (lane.rows.size() > mostRowsOfLane && due != null && due.nanos() - clock.getAsLong() > 0) {
            schedule(lane, clock.getAsLong());
        } else if (crowded()) {
            notifyAll();
        }
        return true;
    }

    /** Notes that a row without a lane was delivered. */
    void succeeded(String eventKey) {
        distrust.forget(eventKey);
    }

    /**
     * Decides on a row without a lane that has just failed: parks it, or opens a lane for it.
     *
     * @throws HaltedException if it cannot be parked now
     */
    void failed(RowDelivery delivery, Throwable error) throws InterruptedException {
        String eventKey = delivery.row().eventKey();
        delivery.failed(error);
        if (canNeverPass(error) || isLastAttempt(delivery) || distrust.has(eventKey)) {
            park(delivery);
            return;
        }
        log.failed(delivery.row(), delivery);
        var lane = new Lane(eventKey);
        synchronized (this) {
            lanes.put(eventKey, lane);
            add(lane, delivery);
            schedule(lane, clock.getAsLong() + pauseAfter(delivery));
        }
    }

    /** Leaves all rows to whoever reads them from the WAL again; returns when none is being retried any more. */
    void abandon() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            abandonAll();
        } finally {
            turn.unlock();
        }
    }

    /** Advances all lanes that are due; returns when none is. */
    void runDue() throws InterruptedException {
        for (Lane lane = due(); lane != null; lane = due()) {
            turn.lockInterruptibly();
            try {
                advance(lane);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Tells of failures that were too many to tell of at once. */
    void tellOfFailures() {
        log.flush();
    }

    /** Tells of what is not told yet, for this is the end. */
    void tellOfLastFailures() {
        log.close();
    }

    /** Returns when a lane is due, or after a while. */
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

    /** Delivers from the head on until the lane is empty, a row has to wait, or others are to have their turn. */
    private void advance(Lane lane) throws InterruptedException {
        for (int delivered = 0; delivered < ROWS_A_TURN; delivered++) {
            RowDelivery head = head(lane);
            if (head == null || !(head.isOver() || finish(lane, head))) {
                return;
            }
            removeHead(lane, head);
        }
        synchronized (this) {
            if (lane.due != null) {
                schedule(lane, clock.getAsLong());
            }
        }
    }

    /** Delivers or parks the first row of the lane; returns false if it has to wait, or is abandoned with its lane. */
    private boolean finish(Lane lane, RowDelivery head) throws InterruptedException {
        try {
            attempt(lane, head);
            return true;
        } catch (HaltedException e) {
            abandon(lane);
            return false;
        } catch (RuntimeException | Error e) {
            head.failed(e);
            boolean lasting = canNeverPass(e);
            if (!lasting && postponed(lane, head)) {
                return false;
            }
            return parkHead(lane, head, !lasting);
        }
    }

    private void attempt(Lane lane, RowDelivery head) throws InterruptedException {
        if (head.hasFailed()) {
            head.tryAgain();
            retried.increment();
        }
        attempts.deliver(head);
        synchronized (this) {
            lane.distrusted = false;
        }
    }

    private boolean parkHead(Lane lane, RowDelivery head, boolean distrusted) throws InterruptedException {
        try {
            park(head);
        } catch (HaltedException e) {
            abandon(lane);
            return false;
        }
        synchronized (this) {
            lane.distrusted |= distrusted;
        }
        return true;
    }

    /** Gives the row another attempt later, if it may have one. */
    private synchronized boolean postponed(Lane lane, RowDelivery head) {
        if (isLastAttempt(head) || lane.distrusted || lane.rows.size() > mostRowsOfLane || crowded()) {
            return false;
        }
        log.failed(head.row(), head);
        schedule(lane, clock.getAsLong() + pauseAfter(head));
        return true;
    }

    private void park(RowDelivery delivery) throws InterruptedException {
        OutboxRow row = delivery.row();
        attempts.giveUp(delivery);
        parked.increment();
        log.parked(row, delivery);
    }

    private boolean isLastAttempt(RowDelivery delivery) {
        return delivery.attempts() >= settings.maxAttempts();
    }

    private static boolean canNeverPass(Throwable error) {
        return error instanceof UndeliverableException;
    }

    private long pauseAfter(RowDelivery delivery) {
        return settings.retryDelay()
                .multipliedBy(1L << Math.min(delivery.attempts() - 1, 10))
                .toNanos();
    }

    /** Whether rows in lanes take so many of the permits that others might soon have to wait for them. */
    private boolean crowded() {
        return rows > mostRows || bytes > mostBytes;
    }

    private synchronized void schedule(Lane lane, long nanos) {
        var due = new Due(nanos, lane);
        schedule.add(due);
        lane.due = due;
        notifyAll();
    }

    /** The lane to advance now; it keeps its place. */
    private synchronized @Nullable Lane due() {
        Due next = next();
        return next != null && (crowded() || next.nanos() - clock.getAsLong() <= 0) ? next.lane() : null;
    }

    private @Nullable Due next() {
        Due next = schedule.peek();
        while (next != null && next.lane().due != next) {
            schedule.remove();
            next = schedule.peek();
        }
        return next;
    }

    private void add(Lane lane, RowDelivery delivery) {
        lane.rows.add(delivery);
        rows++;
        bytes += delivery.bytes();
    }

    private synchronized void abandonAll() {
        List.copyOf(lanes.values()).forEach(this::abandon);
    }

    /** Nothing can be delivered now: whoever delivers next reads these rows from the WAL again. */
    private synchronized void abandon(Lane lane) {
        lane.rows.forEach(RowDelivery::abandoned);
        while (!lane.rows.isEmpty()) {
            remove(lane);
        }
        close(lane);
    }

    private synchronized @Nullable RowDelivery head(Lane lane) {
        return lane.rows.peek();
    }

    /** Unless the lane was abandoned meanwhile. */
    private synchronized void removeHead(Lane lane, RowDelivery head) {
        if (lane.rows.peek() == head) {
            remove(lane);
            if (lane.rows.isEmpty()) {
                close(lane);
            }
        }
    }

    private void remove(Lane lane) {
        RowDelivery removed = lane.rows.remove();
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
