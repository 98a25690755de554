package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Delivers one outbox row after the other, and limits the rows that are in flight until their mark. */
@Component
class DeliveryPipeline implements InFlightRow.Origin {

    private final Handover handover;
    private final OrderedRetries retries;
    private final Permits permits;
    private final AtomicLong abandonments = new AtomicLong();

    DeliveryPipeline(Handover handover, OrderedRetries retries, DeliverySettings settings, MeterRegistry meters) {
        this.handover = handover;
        this.retries = retries;
        this.permits = new Permits(
                settings.maxUnsettled(), (int) settings.maxUnsettledBytes().toBytes());
        Gauge.builder("walcast.delivery.unsettled", permits, Permits::rowsTaken)
                .description("Outbox rows that were read and are not yet marked or parked")
                .register(meters);
        Gauge.builder("walcast.delivery.undelivered", permits, Permits::bytesTaken)
                .description("Size of the outbox rows that were read and are not yet delivered or given up")
                .baseUnit("bytes")
                .register(meters);
    }

    /**
     * Delivers the row, or queues it after an earlier one of its conversation that is being retried.
     *
     * @throws HaltedException if nothing can be delivered now
     */
    Settlement deliver(OutboxRow row) throws InterruptedException {
        var delivery = new InFlightRow(row, this);
        permits.acquire(delivery.bytes());
        try {
            if (!retries.queueBehind(delivery)) {
                deliver(delivery, row.eventKey());
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // The failure ends the engine; the next one reads the row again.
            delivery.abandoned();
            throw e;
        }
        return delivery;
    }

    private void deliver(InFlightRow delivery, String eventKey) throws InterruptedException {
        try {
            handover.deliver(delivery);
        } catch (HaltedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            retries.failed(delivery, e);
            return;
        }
        retries.succeeded(eventKey);
    }

    @Override
    public void delivered(InFlightRow delivery) {
        handover.delivered(delivery);
    }

    @Override
    public void letGo(InFlightRow delivery) {
        permits.releaseBytes(delivery.bytes());
    }

    @Override
    public void settled() {
        permits.releaseRow();
    }

    @Override
    public void abandoned() {
        abandonments.incrementAndGet();
        permits.releaseRow();
    }

    /** Leaves rows that wait for a retry to the next engine. */
    void abandonRetries() throws InterruptedException {
        retries.abandon();
    }

    /** The number of rows that were abandoned so far. */
    long abandonments() {
        return abandonments.get();
    }

    /** Returns once every row is published, parked or abandoned. */
    void awaitSettled() throws InterruptedException {
        permits.awaitNone();
    }
}
