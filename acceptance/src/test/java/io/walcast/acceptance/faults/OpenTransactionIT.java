package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.WalcastProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The slot is lost while a transaction is open, and PostgreSQL makes no other one before that has ended. */
@ExtendWith(FaultTable.class)
class OpenTransactionIT {

    private static final String BATCH = "nightly batch";
    private static final int ROWS_LEFT_BEHIND = 50;
    private static final Duration NOTICE = Duration.ofSeconds(10);
    private static final Duration HELD = Duration.ofSeconds(10);

    /** More than a query without an answer takes to time out, and more than the lease. */
    private static final Duration GIVES_UP = Duration.ofSeconds(30);

    @Test
    void acrossALostSlot() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot dropped beside an open transaction", () -> {
                        var relay = trial.walcast();
                        try (var batch = trial.database().transaction(BATCH)) {
                            loseSlot(trial);
                            await("the console names it")
                                    .atMost(NOTICE)
                                    .until(() -> new OpsView(relay)
                                            .findings("ALARM").stream().anyMatch(finding -> finding.contains(BATCH)));
                            trial.hold(HELD);
                        }
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    @Test
    void acrossAKillOfTheRelayThatWaitsForIt() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("relay killed while PostgreSQL makes its slot", () -> {
                        var relay = trial.walcast();
                        try (var batch = trial.database().transaction(BATCH)) {
                            loseSlot(trial);
                            var maker = trial.database().slotMakers().get(0);
                            relay.kill();
                            await("PostgreSQL ends the statement of the dead relay")
                                    .atMost(NOTICE)
                                    .until(() -> !trial.database().slotMakers().contains(maker));
                            relay.launch();
                            trial.hold(HELD);
                        }
                    })
                    .assertFlawless();
        }
    }

    @Test
    void acrossANetworkThatSwallowsWhatTheRelayWaitsFor() throws Exception {
        try (var trial = Trial.with().databaseThroughProxy().start()) {
            trial.expose("network swallowed while PostgreSQL makes the slot", () -> {
                        var relay = trial.walcast();
                        var network = trial.databaseNetworkOf(relay);
                        try (var batch = trial.database().transaction(BATCH)) {
                            loseSlot(trial);
                            network.blackOut();
                            await("the wait ends")
                                    .atMost(GIVES_UP)
                                    .until(() -> !reason(relay).isEmpty()
                                            && !reason(relay).contains(BATCH));
                        }
                        trial.hold(HELD);
                        network.heal();
                    })
                    .assertFlawless();
        }
    }

    /** Returns when rows are left that the lost slot has not brought, and health says what the new one waits for. */
    private static void loseSlot(Trial trial) {
        var walsender = trial.database().walsender();
        var relay = trial.walcast();
        Signal.STOP.send(walsender);
        await("rows are left behind").until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
        Signal.TERM.send(walsender);
        Signal.CONT.send(walsender);
        trial.database().dropSlot();
        await("health names the transaction")
                .atMost(NOTICE)
                .until(() -> reason(relay).contains(BATCH));
    }

    private static String reason(WalcastProcess relay) {
        return relay.relay().at("/details/reason").asString("");
    }
}
