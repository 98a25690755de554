package io.walcast.relay.ops;

import io.walcast.relay.ops.canary.Canary;
import io.walcast.relay.wal.Doubt;
import io.walcast.relay.wal.WalStatus;
import io.walcast.relay.wal.WalSupervisor;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Combines the status of the WAL side with the result of the canary. Thread-safe. */
@Component
public final class RelayCondition {

    private final WalSupervisor supervisor;
    private final Canary canary;

    RelayCondition(WalSupervisor supervisor, Canary canary) {
        this.supervisor = supervisor;
        this.canary = canary;
    }

    public Condition now() {
        WalStatus status = supervisor.status();
        Doubt doubt = supervisor.lastDoubt().orElse(null);
        if (status.state() != WalStatus.State.STREAMING) {
            return new Condition(
                    RelayState.valueOf(status.state().name()),
                    status.reason(),
                    status.since(),
                    status.restarts(),
                    doubt);
        }
        Instant overdue = canary.overdueSince();
        if (overdue != null) {
            return new Condition(
                    RelayState.NOT_DELIVERING,
                    "a canary row was written and does not come back through the WAL",
                    overdue,
                    status.restarts(),
                    doubt);
        }
        if (!canary.warm()) {
            return new Condition(
                    RelayState.WARMING,
                    "it sends canary rows before it reports ready",
                    status.since(),
                    status.restarts(),
                    doubt);
        }
        return new Condition(RelayState.STREAMING, status.reason(), status.since(), status.restarts(), doubt);
    }
}
