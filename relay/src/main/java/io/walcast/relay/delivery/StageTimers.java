package io.walcast.relay.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.walcast.relay.runtime.StageTimer;
import io.walcast.relay.wal.OutboxRow;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * The latency histograms of the stages of a row: from commit to read, to delivered to the sink, to marked.
 *
 * <p>The time of a commit is from PostgreSQL's clock, all others are from ours. If they are on two machines, the first
 * stage is only as accurate as their clocks.
 */
@Component
class StageTimers {

    private final Timer read;
    private final Timer delivered;
    private final Timer marked;

    StageTimers(MeterRegistry meters) {
        this.read = StageTimer.register(meters, "read");
        this.delivered = StageTimer.register(meters, "delivered");
        this.marked = StageTimer.register(meters, "marked");
    }

    void delivered(OutboxRow row, Instant now) {
        if (row.committedAt() != null) {
            read.record(nanos(row.committedAt(), row.readAt()), TimeUnit.NANOSECONDS);
        }
        delivered.record(nanos(row.readAt(), now), TimeUnit.NANOSECONDS);
    }

    void marked(Instant deliveredAt, Instant now) {
        marked.record(nanos(deliveredAt, now), TimeUnit.NANOSECONDS);
    }

    private static long nanos(Instant from, Instant to) {
        long seconds = to.getEpochSecond() - from.getEpochSecond();
        return Math.max(0, seconds * 1_000_000_000 + to.getNano() - from.getNano());
    }
}
