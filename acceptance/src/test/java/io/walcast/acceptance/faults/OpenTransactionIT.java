package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The slot is lost while a transaction is open, and PostgreSQL makes no other one before that has ended. */
@ExtendWith(FaultTable.class)
class OpenTransactionIT {

    private static final int ROWS_LEFT_BEHIND = 50;
    private static final Duration NOTICE = Duration.ofSeconds(10);
    private static final Duration HELD = Duration.ofSeconds(10);

    @Test
    void acrossALostSlot() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot dropped beside an open transaction", () -> {
                        var walsender = trial.database().walsender();
                        var relay = trial.walcast();
                        try (var batch = trial.database().transaction("nightly batch")) {
                            Signal.STOP.send(walsender);
                            await("rows are left behind")
                                    .until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
                            Signal.TERM.send(walsender);
                            Signal.CONT.send(walsender);
                            trial.database().dropSlot();
                            await("health names it")
                                    .atMost(NOTICE)
                                    .until(() -> relay.relay()
                                            .at("/details/reason")
                                            .asString("")
                                            .contains("nightly batch"));
                            await("the console does")
                                    .atMost(NOTICE)
                                    .until(() -> new OpsView(relay)
                                            .findings("ALARM").stream()
                                                    .anyMatch(finding -> finding.contains("nightly batch")));
                            trial.hold(HELD);
                        }
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
