package io.walcast.acceptance.faults;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import io.walcast.db.TestServer.StopMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class PostgresCrashedIT {

    @Test
    void isRecoveredFromWithoutLoss() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("PostgreSQL stopped immediate and started", () -> {
                        trial.database().stop(StopMode.IMMEDIATE);
                        trial.database().start();
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
