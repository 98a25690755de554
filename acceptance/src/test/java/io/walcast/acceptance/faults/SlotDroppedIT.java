package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.WalcastProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Without its slot the relay gets what is written from now on only: what was written before must come from the table. */
@ExtendWith(FaultTable.class)
class SlotDroppedIT {

    private static final int ROWS_LEFT_BEHIND = 50;

    @Test
    void whileTheRelayIsDown() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot dropped while the relay is down", () -> {
                        var walsender = holdUntilRowsAreLeftBehind(trial);
                        trial.relays().forEach(WalcastProcess::kill);
                        Signal.CONT.send(walsender);
                        trial.database().dropSlot();
                        trial.relays().forEach(WalcastProcess::launch);
                    })
                    .assertFlawless();
        }
    }

    @Test
    void whileItRuns() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot dropped while the relay runs", () -> {
                        var walsender = holdUntilRowsAreLeftBehind(trial);
                        Signal.TERM.send(walsender);
                        Signal.CONT.send(walsender);
                        trial.database().dropSlot();
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    /** Freezes the walsender until there are rows that the relay has not seen; returns its process id. */
    private static long holdUntilRowsAreLeftBehind(Trial trial) {
        var walsender = trial.database().walsender();
        Signal.STOP.send(walsender);
        await("rows are left behind").until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
        return walsender;
    }
}
