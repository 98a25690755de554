package io.walcast.relay.delivery;

import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.Ownership;
import org.springframework.stereotype.Component;

/** Hands a row to the sink, and when that has delivered it, to its mark. A canary ends here, ahead of every sink. */
@Component
class Handover {

    private final Ownership ownership;
    private final Sink sink;
    private final MessageStages stages;
    private final Marks marks;
    private final DeliverySpans spans = new DeliverySpans();

    Handover(Ownership ownership, Sink sink, MessageStages stages, Marks marks) {
        this.ownership = ownership;
        this.sink = sink;
        this.stages = stages;
        this.marks = marks;
    }

    /**
     * @throws HaltedException if nothing can be delivered now; then nothing was done
     * @throws RuntimeException if the sink refused the row; then nothing else was done
     */
    void deliver(RowDelivery delivery) throws InterruptedException {
        ownership.assure();
        if (CanaryRows.isCanary(delivery.row()) || spans.deliver(delivery.row(), delivery, sink)) {
            delivered(delivery);
        }
    }

    void delivered(RowDelivery delivery) {
        stages.delivered(delivery.row());
        marks.add(delivery);
    }
}
