package io.walcast.relay.delivery;

import org.springframework.stereotype.Component;

/** Hands a row to the sink, and when that has taken it, to its mark. A canary ends here, ahead of every sink. */
@Component
class Handover {

    private final Sink sink;
    private final MessageStages stages;
    private final Marks marks;
    private final DeliverySpans spans = new DeliverySpans();

    Handover(Sink sink, MessageStages stages, Marks marks) {
        this.sink = sink;
        this.stages = stages;
        this.marks = marks;
    }

    /** @throws RuntimeException if the sink refused the row; then nothing else was done */
    void deliver(RowDelivery delivery) throws InterruptedException {
        if (!CanaryRows.isCanary(delivery.row())) {
            spans.deliver(delivery.row(), sink);
        }
        stages.delivered(delivery.row());
        marks.add(delivery);
    }
}
