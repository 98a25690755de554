package io.walcast.relay.ops;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * UP once a new process has come as far as it can for now: its relay is live, or stands by for another one. A rolling
 * update that waited for readiness would wait for ever, since a standby becomes ready only when the live one ends.
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
