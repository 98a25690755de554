package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The slot goes after the relay has looked at it and before its connector does, which then makes one at "now". */
@ExtendWith(FaultTable.class)
class SlotLostWhileStartingIT {

    private static final int ROWS_LEFT_BEHIND = 50;
    private static final Duration START = Duration.ofSeconds(60);

    @Test
    void isReplacedAndNothingIsLost() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("slot dropped while the engine starts", () -> {
                        var walsender = trial.database().walsender();
                        Signal.STOP.send(walsender);
                        await("rows are left behind")
                                .until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
                        var relay = trial.walcast();
                        try (var window = trial.database().lockOutbox()) {
                            Signal.TERM.send(walsender);
                            Signal.CONT.send(walsender);
                            await("the guard has looked")
                                    .atMost(START)
                                    .until(() -> relay.relay()
                                            .at("/details/reason")
                                            .asString("")
                                            .equals("starting the engine"));
                            trial.database().dropSlot();
                        }
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
