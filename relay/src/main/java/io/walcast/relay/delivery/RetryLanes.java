package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Keeps the order of conversations in trouble: a lane per conversation whose first row failed, with all its later rows
 * behind it, until the first is delivered or parked and the rest has followed.
 *
 * <p><b>Concurrency.</b> One lock guards the lanes. Retries run on one thread, outside of it; a lane exists from the
 * failure of its first row until it is empty, so no row can overtake one of its own conversation.
 */
@Component
class RetryLanes implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(RetryLanes.class);

    private final Handover handover;
    private final Sink sink;
    private final Marks marks;
    private final DeliverySettings settings;
    private final Counter retried;
    private final Counter parked;
    private final ScheduledExecutorService retries =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "walcast-retry"));

    /** By event key; guarded by this. Almost always empty. */
    private final Map<String, Queue<RowDelivery>> lanes = new HashMap<>();

    RetryLanes(Handover handover, Sink sink, Marks marks, DeliverySettings settings, MeterRegistry meters) {
        this.handover = handover;
        this.sink = sink;
        this.marks = marks;
        this.settings = settings;
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
        Queue<RowDelivery> lane = lanes.get(delivery.row().eventKey());
        return lane != null && lane.add(delivery);
    }

    /** Opens a lane for a row that just failed. */
    void open(RowDelivery delivery, RuntimeException error) {
        Queue<RowDelivery> lane = new ArrayDeque<>();
        lane.add(delivery);
        synchronized (this) {
            lanes.put(delivery.row().eventKey(), lane);
        }
        handleFailure(lane, delivery, error);
    }

    /** Leaves all rows to whoever reads them from the WAL again; returns when none is being retried any more. */
    void abandon() throws InterruptedException {
        try {
            // On the thread that retries: so it is not in the middle of it.
            retries.submit(this::abandonAll).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void destroy() {
        retries.shutdownNow();
    }

    private void retry(Queue<RowDelivery> lane) {
        RowDelivery head = head(lane);
        if (head != null) {
            head.tryAgain();
            retried.increment();
            advance(lane);
        }
    }

    /** Delivers from the head on until the lane is empty or a row fails. */
    private void advance(Queue<RowDelivery> lane) {
        for (RowDelivery head = head(lane); head != null; head = head(lane)) {
            try {
                handover.deliver(head);
            } catch (InterruptedException e) {
                // Shutting down: the row stays unsettled, and the slot keeps it.
                Thread.currentThread().interrupt();
                return;
            } catch (HaltedException e) {
                abandon(lane, head.row().eventKey());
                return;
            } catch (RuntimeException e) {
                handleFailure(lane, head, e);
                return;
            }
            removeHead(lane, head.row().eventKey());
        }
    }

    private void handleFailure(Queue<RowDelivery> lane, RowDelivery head, RuntimeException error) {
        head.failed(error);
        OutboxRow row = head.row();
        if (head.attempts() < settings.maxAttempts()) {
            about(row, LOG.atWarn())
                    .log(
                            "Outbox row {} ({}): delivery {} failed: {}",
                            row.id(),
                            row.topic(),
                            head.attempts(),
                            error.toString());
            schedule(() -> retry(lane), delayAfter(head.attempts()));
            return;
        }
        about(row, LOG.atError())
                .setCause(error)
                .log("Outbox row {} ({}) is parked after {} deliveries", row.id(), row.topic(), head.attempts());
        if (!tellSink(row)) {
            abandon(lane, row.eventKey());
            return;
        }
        head.giveUp();
        parked.increment();
        marks.add(head);
        removeHead(lane, row.eventKey());
        schedule(() -> advance(lane), Duration.ZERO);
    }

    /**
     * Whatever the sink makes of it, the row is parked: else it would block the slot for ever. Only a sink that can do
     * nothing at all now is told again, by whoever delivers next.
     *
     * @return whether the row may be parked
     */
    private boolean tellSink(OutboxRow row) {
        try {
            sink.gaveUp(row);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (HaltedException e) {
            return false;
        } catch (RuntimeException e) {
            LOG.error("The sink could not be told that outbox row {} is parked", row.id(), e);
        }
        return true;
    }

    /** For structured logs; in plain ones the line itself says it. */
    private static LoggingEventBuilder about(OutboxRow row, LoggingEventBuilder line) {
        return line.addKeyValue("outboxId", row.id()).addKeyValue("conversationId", row.eventKey());
    }

    private Duration delayAfter(int attempts) {
        return settings.retryDelay().multipliedBy(1L << Math.min(attempts - 1, 10));
    }

    private void schedule(Runnable task, Duration delay) {
        retries.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void abandonAll() {
        Map.copyOf(lanes).forEach((eventKey, lane) -> abandon(lane, eventKey));
    }

    /** Nothing can be delivered now: whoever delivers next reads these rows from the WAL again. */
    private synchronized void abandon(Queue<RowDelivery> lane, String eventKey) {
        lanes.remove(eventKey);
        lane.forEach(RowDelivery::abandoned);
        lane.clear();
    }

    /** Null if the lane is empty, and gone. */
    private synchronized @Nullable RowDelivery head(Queue<RowDelivery> lane) {
        return lane.peek();
    }

    private synchronized void removeHead(Queue<RowDelivery> lane, String eventKey) {
        lane.remove();
        if (lane.isEmpty()) {
            lanes.remove(eventKey);
        }
    }
}
