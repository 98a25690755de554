package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.wal.NotOwnerException;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Delivers one row after the other, and bounds how many may be on their way to their mark. */
@Component
class Deliveries {

    private final Handover handover;
    private final RetryLanes lanes;
    private final Semaphore unsettled;
    private final int maxUnsettled;

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
     * @throws NotOwnerException if another process may deliver by now
     */
    Settlement deliver(OutboxRow row) throws InterruptedException {
        unsettled.acquire();
        var delivery = new RowDelivery(row, unsettled::release);
        if (lanes.queueBehind(delivery)) {
            return delivery;
        }
        try {
            handover.deliver(delivery);
        } catch (NotOwnerException e) {
            delivery.abandon();
            throw e;
        } catch (RuntimeException e) {
            lanes.open(delivery, e);
        }
        return delivery;
    }

    /** Returns once every row is published or parked. */
    void awaitSettled() throws InterruptedException {
        unsettled.acquire(maxUnsettled);
        unsettled.release(maxUnsettled);
    }
}
