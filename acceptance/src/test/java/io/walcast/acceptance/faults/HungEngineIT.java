package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The engine hangs without an error: only health and the watchdog can tell that nothing moves. */
@ExtendWith(FaultTable.class)
class HungEngineIT {

    private static final Duration LONGEST_UNNOTICED = Duration.ofSeconds(40);

    @Test
    void whenTheWalsenderIsFrozen() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("walsender frozen until health says so", () -> {
                        var walsender = trial.database().walsender();
                        Signal.STOP.send(walsender);
                        awaitNoticed(trial);
                        Signal.CONT.send(walsender);
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    @Test
    void whenItsReplicationConnectionIsABlackHole() throws Exception {
        try (var trial = Trial.with().databaseThroughProxy().start()) {
            trial.expose("replication connection becomes a black hole", () -> swallow(trial, "replication\0"))
                    .assertFlawless()
                    .assertPushed();
        }
    }

    /** The engine can neither continue nor end by itself, and meanwhile its walsender is kept alive. */
    @Test
    void whenItsOtherConnectionIsABlackHole() throws Exception {
        try (var trial = Trial.with().databaseThroughProxy().start()) {
            trial.expose("the engine's other connection is a black hole until health says so", () -> {
                        swallow(trial, "Debezium General");
                        awaitNoticed(trial);
                    })
                    .assertFlawless()
                    .assertPushed();
            assertThat(trial.walcast().hasLogged("it is abandoned")).isFalse();
        }
    }

    private static void swallow(Trial trial, String opening) {
        assertThat(trial.databaseNetwork().freeze(sent -> sent.contains(opening)))
                .isPositive();
    }

    private static void awaitNoticed(Trial trial) {
        var walcast = trial.walcast();
        await("health is no longer UP").atMost(LONGEST_UNNOTICED).until(() -> !walcast.isUp());
        System.out.println("health said: " + walcast.relay());
    }
}
