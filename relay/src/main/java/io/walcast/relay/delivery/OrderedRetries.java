package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.delivery.Lanes.Lane;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Retries or parks a row whose delivery failed. The later rows of its conversation wait for it in a lane, in order.
 *
 * <p>A failure that can never pass parks its row at once. Any other is tried again, but not at the cost of other
 * conversations:
 *
 * <ul>
 *   <li>After a row was parked, the following ones of its conversation get one attempt each, until one succeeds.
 *   <li>If a lane has outgrown its share of the permits, the next failure parks its first row.
 *   <li>If all lanes together have outgrown theirs, those that would be tried next are tried now.
 * </ul>
 *
 * <p><b>Concurrency.</b> One thread at a time delivers rows and reports their failures; {@link #runDue()} is for the
 * {@linkplain Retries retry thread}. The lock {@code turn} is held while a row of a lane is delivered, and the monitor
 * of the {@link Lanes} is not. <b>Error policy.</b> An {@code Error} is a failure of the row, like any other.
 */
@Component
class OrderedRetries {

    /** The steps for a row outside of the lanes. */
    interface Attempts {

        /**
         * @throws HaltedException if nothing can be delivered now; then nothing was done
         * @throws RuntimeException if the sink refused the row; then nothing else was done
         */
        void deliver(InFlightRow delivery) throws InterruptedException;

        /**
         * Has the row parked.
         *
         * @throws HaltedException if that cannot be done now
         */
        void giveUp(InFlightRow delivery) throws InterruptedException;
    }

    /** A lane that is never empty must not keep the others waiting. */
    private static final int ROWS_A_TURN = 100;

    private final Attempts attempts;
    private final DeliverySettings settings;
    private final FailureLog log;
    private final Distrust distrust = new Distrust();
    private final Lanes lanes;
    private final Counter retried;
    private final Counter parked;

    /** Held by the thread that works on rows of lanes. Fair: a thread that abandons the lanes must get it. */
    private final ReentrantLock turn = new ReentrantLock(true);

    @Autowired
    OrderedRetries(Attempts attempts, DeliverySettings settings, MeterRegistry meters) {
        this(attempts, settings, meters, System::nanoTime);
    }

    OrderedRetries(Attempts attempts, DeliverySettings settings, MeterRegistry meters, LongSupplier clock) {
        this.attempts = attempts;
        this.settings = settings;
        this.log = new FailureLog(clock);
        this.lanes = new Lanes(settings, distrust, clock);
        this.retried = Counter.builder("walcast.delivery.retries")
                .description("Repeated deliveries of outbox rows, after a failure")
                .register(meters);
        this.parked = Counter.builder("walcast.delivery.parked")
                .description("Outbox rows whose delivery was given up")
                .register(meters);
    }

    /**
     * Queues the row if its conversation has a lane.
     *
     * @return whether it has one
     */
    boolean queueBehind(InFlightRow delivery) {
        return lanes.queueBehind(delivery);
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
    void failed(InFlightRow delivery, Throwable error) throws InterruptedException {
        delivery.failed(error);
        if (canNeverPass(error)
                || isLastAttempt(delivery)
                || distrust.has(delivery.row().eventKey())) {
            park(delivery);
            return;
        }
        log.failed(delivery.row(), delivery);
        lanes.open(delivery, pauseAfter(delivery));
    }

    /** Leaves all rows to the next engine, which reads them from the WAL again; returns when none is being retried. */
    void abandon() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            lanes.abandonAll();
        } finally {
            turn.unlock();
        }
    }

    /** Advances all lanes that are due; returns when none is. */
    void runDue() throws InterruptedException {
        for (Lane lane = lanes.due(); lane != null; lane = lanes.due()) {
            turn.lockInterruptibly();
            try {
                advance(lane);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Returns when a lane is due, after a second at the latest. */
    void awaitDue() throws InterruptedException {
        lanes.awaitDue();
    }

    /** Logs failures that were held back to limit the log. */
    void tellOfFailures() {
        log.flush();
    }

    /** Logs all failures that are not logged yet, before the end. */
    void tellOfLastFailures() {
        log.close();
    }

    /** Delivers from the head on until the lane is empty, a row has to wait, or others are to have their turn. */
    private void advance(Lane lane) throws InterruptedException {
        for (int delivered = 0; delivered < ROWS_A_TURN; delivered++) {
            InFlightRow head = lanes.head(lane);
            if (head == null || !(head.isOver() || finish(lane, head))) {
                return;
            }
            lanes.removeHead(lane, head);
        }
        lanes.yieldTurn(lane);
    }

    /** Delivers or parks the first row of the lane; returns false if it has to wait, or is abandoned with its lane. */
    private boolean finish(Lane lane, InFlightRow head) throws InterruptedException {
        try {
            attempt(lane, head);
            return true;
        } catch (HaltedException e) {
            lanes.abandon(lane);
            return false;
        } catch (RuntimeException | Error e) {
            head.failed(e);
            boolean lasting = canNeverPass(e);
            if (!lasting && !isLastAttempt(head) && lanes.postpone(lane, pauseAfter(head))) {
                log.failed(head.row(), head);
                return false;
            }
            return parkHead(lane, head, !lasting);
        }
    }

    private void attempt(Lane lane, InFlightRow head) throws InterruptedException {
        if (head.hasFailed()) {
            head.tryAgain();
            retried.increment();
        }
        attempts.deliver(head);
        lanes.trust(lane);
    }

    private boolean parkHead(Lane lane, InFlightRow head, boolean distrusted) throws InterruptedException {
        try {
            park(head);
        } catch (HaltedException e) {
            lanes.abandon(lane);
            return false;
        }
        if (distrusted) {
            lanes.distrust(lane);
        }
        return true;
    }

    private void park(InFlightRow delivery) throws InterruptedException {
        OutboxRow row = delivery.row();
        attempts.giveUp(delivery);
        parked.increment();
        log.parked(row, delivery);
    }

    private boolean isLastAttempt(InFlightRow delivery) {
        return delivery.attempts() >= settings.maxAttempts();
    }

    private static boolean canNeverPass(Throwable error) {
        return error instanceof UndeliverableException;
    }

    private long pauseAfter(InFlightRow delivery) {
        return settings.retryDelay()
                .multipliedBy(1L << Math.min(delivery.attempts() - 1, 10))
                .toNanos();
    }
}
