package io.walcast.relay.delivery;

import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.Ownership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Hands a row to the sink, and after its delivery to the marks. A canary skips the sink. */
@Component
class Handover implements OrderedRetries.Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

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

    @Override
    public void deliver(InFlightRow delivery) throws InterruptedException {
        ownership.requireOwner();
        OutboxRow row = delivery.row();
        if (delivery.isCanary() || spans.deliver(row, delivery, sink)) {
            delivered(delivery);
        }
    }

    @Override
    public void giveUp(InFlightRow delivery) throws InterruptedException {
        ownership.requireOwner();
        delivery.giveUp();
        if (tellSink(delivery)) {
            delivered(delivery);
        }
    }

    /**
     * Reports to the sink that the row will not be delivered. The row is parked even if that fails, or it would block
     * the slot without end. Only if the sink can take nothing at all now, the relay that delivers next repeats the report.
     *
     * @return whether the row may be parked now
     */
    private boolean tellSink(InFlightRow delivery) throws InterruptedException {
        try {
            return sink.gaveUp(delivery.row(), delivery);
        } catch (HaltedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            LOG.error("Could not report to the sink that outbox row {} is parked", delivery.id(), e);
            return true;
        }
    }

    /** The row is delivered, or its loss has been reported. */
    void delivered(InFlightRow delivery) {
        if (!delivery.isGivenUp()) {
            stages.delivered(delivery.row());
        }
        delivery.letGo();
        marks.add(delivery);
    }
}
