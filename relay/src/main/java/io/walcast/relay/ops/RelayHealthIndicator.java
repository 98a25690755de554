package io.walcast.relay.ops;

import io.walcast.relay.ops.slots.Sample;
import io.walcast.relay.ops.slots.SlotMonitor;
import io.walcast.relay.ops.slots.SlotReport;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * UP while the relay reads its slot and has warmed up, OUT_OF_SERVICE on standby, else DOWN; with the relay's state
 * and the reason. It queries nothing, so it answers at once.
 */
@Component("relayHealthIndicator")
class RelayHealthIndicator implements HealthIndicator {

    private final RelayCondition relay;
    private final SlotMonitor slots;

    RelayHealthIndicator(RelayCondition relay, SlotMonitor slots) {
        this.relay = relay;
        this.slots = slots;
    }

    @Override
    public Health health() {
        Condition condition = relay.now();
        Health.Builder health = switch (condition.state()) {
            case STREAMING -> Health.up();
            case STANDBY -> Health.outOfService();
            default -> Health.down();
        };
        health.withDetail("state", condition.state())
                .withDetail("reason", condition.reason())
                .withDetail("since", condition.since())
                .withDetail("restarts", condition.restarts());
        if (condition.lastDoubt() != null) {
            health.withDetail("lastDoubt", condition.lastDoubt());
        }
        slots.newest().flatMap(Sample::ours).ifPresent(ours -> describe(ours, health));
        return health.build();
    }

    private static void describe(SlotReport ours, Health.Builder health) {
        health.withDetail("unconfirmedBytes", ours.unconfirmedBytes())
                .withDetail("retainedBytes", ours.retainedBytes());
        if (ours.untilLost() != null) {
            health.withDetail("slotIsLostInSeconds", ours.untilLost().toSeconds());
        }
        if (ours.untilFull() != null) {
            health.withDetail("volumeIsFullInSeconds", ours.untilFull().toSeconds());
        }
    }
}
