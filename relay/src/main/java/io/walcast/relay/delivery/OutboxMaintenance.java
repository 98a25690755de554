package io.walcast.relay.delivery;

import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Maintains the outbox in the background: moves its low water, and deletes old rows. */
@Component
class OutboxMaintenance extends LifecycleThread {

    private static final Duration ROUND = Duration.ofSeconds(5);

    private final LowWater lowWater;
    private final Retention retention;
    private final Duration retentionInterval;

    OutboxMaintenance(LowWater lowWater, Retention retention, OutboxSettings settings) {
        super("walcast-maintenance", ShutdownOrder.BACKGROUND);
        this.lowWater = lowWater;
        this.retention = retention;
        this.retentionInterval = settings.retentionInterval();
    }

    @Override
    protected void run() {
        Duration round = retentionInterval.compareTo(ROUND) < 0 ? retentionInterval : ROUND;
        Instant lastDeletion = Instant.EPOCH;
        while (!stopping()) {
            lowWater.advance();
            if (!Instant.now().isBefore(lastDeletion.plus(retentionInterval))) {
                retention.deleteOld(Instant.now());
                lastDeletion = Instant.now();
            }
            try {
                Thread.sleep(round.toMillis());
            } catch (InterruptedException e) {
                // only stop() interrupts: the loop sees that it is stopping
            }
        }
    }
}
