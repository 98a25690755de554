package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Delivers one row after the other, and bounds how many may be on their way to their mark. */
@Component
class Deliveries {

    private final Sink sink;
    private final Marks marks;
    private final RetryLanes lanes;
    private final MessageStages stages;
    private final Semaphore unsettled;
    private final int maxUnsettled;

    Deliveries(Sink sink, Marks marks, RetryLanes lanes, MessageStages stages, DeliverySettings settings) {
        this.sink = sink;
        this.marks = marks;
        this.lanes = lanes;
        this.stages = stages;
        this.maxUnsettled = settings.maxUnsettled();
        this.unsettled = new Semaphore(maxUnsettled);
    }

    /** Delivers the row, or queues it behind an earlier one of its conversation that is being retried. */
    Settlement deliver(OutboxRow row) throws InterruptedException {
        unsettled.acquire();
        var delivery = new RowDelivery(row, unsettled::release);
        if (lanes.queueBehind(delivery)) {
            return delivery;
        }
        try {
            sink.deliver(row);
        } catch (RuntimeException e) {
            lanes.open(delivery, e);
            return delivery;
        }
        stages.delivered(row);
        marks.add(delivery);
        return delivery;
    }

    /** Returns once every row is published or parked. */
    void awaitSettled() throws InterruptedException {
        unsettled.acquire(maxUnsettled);
        unsettled.release(maxUnsettled);
    }
}
