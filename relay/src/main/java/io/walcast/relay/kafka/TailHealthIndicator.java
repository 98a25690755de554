package io.walcast.relay.kafka;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** UP while this gateway node reads the Kafka topic, else DOWN. */
final class TailHealthIndicator implements HealthIndicator {

    private final KafkaTail tail;

    TailHealthIndicator(KafkaTail tail) {
        this.tail = tail;
    }

    @Override
    public Health health() {
        TailStatus status = tail.status();
        Health.Builder health = status.live() ? Health.up() : Health.down();
        return health.withDetail("reason", status.reason())
                .withDetail("since", status.since())
                .build();
    }
}
