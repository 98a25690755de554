package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ids start again, below the id from which a sweep begins; then a sweep is needed. */
@ExtendWith(FaultTable.class)
class OutboxTruncatedIT {

    private static final int ROWS_LEFT_BEHIND = 50;
    private static final Duration UPKEEP = Duration.ofSeconds(60);

    @Test
    void andThenTheSlotIsDropped() throws Exception {
        try (var trial = Trial.start()) {
            await("the low water has risen").atMost(UPKEEP).until(() -> lowWater(trial) > 1);
            trial.expose("outbox truncated, then its slot dropped", () -> {
                        trial.database()
                                .sql()
                                .sql("truncate outbox restart identity cascade")
                                .update();
                        var walsender = trial.database().walsender();
                        Signal.STOP.send(walsender);
                        await("rows are left behind")
                                .until(() -> trial.database().unmarked() >= ROWS_LEFT_BEHIND);
                        Signal.TERM.send(walsender);
                        Signal.CONT.send(walsender);
                        trial.database().dropSlot();
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    private static long lowWater(Trial trial) {
        return trial.database()
                .sql()
                .sql("select low_water_id from relay_slots")
                .query(Long.class)
                .single();
    }
}
