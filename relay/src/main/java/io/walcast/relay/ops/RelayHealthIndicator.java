package io.walcast.relay.ops;

import io.walcast.relay.wal.WalStatus;
import io.walcast.relay.wal.WalSupervisor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** UP while the slot is held and read, OUT_OF_SERVICE on standby; else DOWN, with what the relay does and why. */
@Component("relayHealthIndicator")
class RelayHealthIndicator implements HealthIndicator {

    private final WalSupervisor supervisor;

    RelayHealthIndicator(WalSupervisor supervisor) {
        this.supervisor = supervisor;
    }

    @Override
    public Health health() {
        WalStatus status = supervisor.status();
        Health.Builder health = switch (status.state()) {
            case STREAMING -> Health.up();
            case STANDBY -> Health.outOfService();
            default -> Health.down();
        };
        return health.withDetail("state", status.state())
                .withDetail("reason", status.reason())
                .withDetail("since", status.since())
                .withDetail("restarts", status.restarts())
                .build();
    }
}
