package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Delivers one row after the other, and bounds how many may be on their way to their mark. */
@Component
class Deliveries implements RowDelivery.Origin {

    private final Handover handover;
    private final RetryLanes lanes;
    private final Semaphore unsettled;
    private final int maxUnsettled;
    private final AtomicLong abandonments = new AtomicLong();

    Deliveries(Handover handover, RetryLanes lanes, DeliverySettings settings, MeterRegistry meters) {
        this.handover = handover;
        this.lanes = lanes;
        this.maxUnsettled = settings.maxUnsettled();
        this.unsettled = new Semaphore(maxUnsettled);
        Gauge.builder("walcast.delivery.unsettled", unsettled, free -> maxUnsettled - free.availablePermits())
                .description("Outbox rows that were read and are not yet marked or parked")
                .register(meters);
    }

    /**
     * Delivers the row, or queues it behind an earlier one of its conversation that is being retried.
     *
     * @throws HaltedException if nothing can be delivered now
     */
    Settlement deliver(OutboxRow row) throws InterruptedException {
        unsettled.acquire();
        var delivery = new RowDelivery(row, this);
        if (lanes.queueBehind(delivery)) {
            return delivery;
        }
        try {
            handover.deliver(delivery);
        } catch (HaltedException | Error e) {
            // It ends the engine, and the next one reads the row again.
            delivery.abandoned();
            throw e;
        } catch (RuntimeException e) {
            lanes.open(delivery, e);
        }
        return delivery;
    }

    @Override
    public void delivered(RowDelivery delivery) {
        handover.delivered(delivery);
    }

    @Override
    public void settled() {
        unsettled.release();
    }

    @Override
    public void abandoned() {
        abandonments.incrementAndGet();
        unsettled.release();
    }

    /** Leaves rows that are to be tried again to whoever reads them anew. */
    void abandonRetries() throws InterruptedException {
        lanes.abandon();
    }

    /** How many rows were abandoned so far. */
    long abandonments() {
        return abandonments.get();
    }

    /** Returns once every row is published, parked or abandoned. */
    void awaitSettled() throws InterruptedException {
        unsettled.acquire(maxUnsettled);
        unsettled.release(maxUnsettled);
    }
}
