package io.walcast.relay.delivery;

import org.springframework.stereotype.Component;

/** Hands a row to the sink, and when that has taken it, to its mark. */
@Component
class Handover {

    private final Sink sink;
    private final MessageStages stages;
    private final Marks marks;

    Handover(Sink sink, MessageStages stages, Marks marks) {
        this.sink = sink;
        this.stages = stages;
        this.marks = marks;
    }

    /** @throws RuntimeException if the sink refused the row; then nothing else was done */
    void deliver(RowDelivery delivery) throws InterruptedException {
        sink.deliver(delivery.row());
        stages.delivered(delivery.row());
        marks.add(delivery);
    }
}
