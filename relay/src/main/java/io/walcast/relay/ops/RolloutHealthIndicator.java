package io.walcast.relay.ops;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * UP once the relay of a new process is live, or stands by for another one. A rolling update that waited for readiness
 * would never end, since a standby becomes ready only when the live relay ends.
 */
@Component("relayOrStandbyHealthIndicator")
class RolloutHealthIndicator implements HealthIndicator {

    private final RelayCondition relay;

    RolloutHealthIndicator(RelayCondition relay) {
        this.relay = relay;
    }

    @Override
    public Health health() {
        Condition condition = relay.now();
        Health.Builder health = switch (condition.state()) {
            case STREAMING, STANDBY -> Health.up();
            default -> Health.down();
        };
        return health.withDetail("state", condition.state()).build();
    }
}
