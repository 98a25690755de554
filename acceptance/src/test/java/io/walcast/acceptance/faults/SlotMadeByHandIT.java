package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.WalcastProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A slot of the right name that begins too late: somebody else dropped ours and made another one. */
@ExtendWith(FaultTable.class)
class SlotMadeByHandIT {

    private static final int ROWS_LEFT_BEHIND = 50;
    private static final Duration NOTICE = Duration.ofSeconds(10);

    @Test
    void whileTheRelayIsDown() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot made by hand while the relay is down", () -> {
                        var walsender = holdUntilRowsAreLeftBehind(trial);
                        trial.relays().forEach(WalcastProcess::kill);
                        Signal.CONT.send(walsender);
                        trial.database().makeSlotByHand();
                        trial.relays().forEach(WalcastProcess::launch);
                    })
                    .assertFlawless();
            assertNamed(trial);
        }
    }

    @Test
    void whileItRuns() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot made by hand while the relay runs", () -> {
                        var walsender = holdUntilRowsAreLeftBehind(trial);
                        Signal.TERM.send(walsender);
                        Signal.CONT.send(walsender);
                        trial.database().makeSlotByHand();
                        await("the doubt is named")
                                .atMost(NOTICE)
                                .until(() -> trial.walcast().hasLogged("somebody else moved it"));
                    })
                    .assertFlawless()
                    .assertPushed();
            assertNamed(trial);
        }
    }

    private static void assertNamed(Trial trial) {
        var ops = new OpsView(trial.walcast());
        assertThat(trial.walcast().relay().at("/details/lastDoubt/cause").asString())
                .isEqualTo("SLOT_MOVED");
        assertThat(ops.metric("walcast_relay_doubts_total{cause=\"SLOT_MOVED\"}"))
                .isPositive();
        assertThat(ops.findings("ATTENTION")).anyMatch(finding -> finding.contains("somebody else moved it"));
    }

    /** Freezes the walsender until there are rows that the relay has not seen; returns its process id. */
    private static long holdUntilRowsAreLeftBehind(Trial trial) {
        var walsender = trial.database().walsender();
        Signal.STOP.send(walsender);
        await("rows are left behind").until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
        return walsender;
    }
}
