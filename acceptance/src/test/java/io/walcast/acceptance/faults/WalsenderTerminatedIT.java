package io.walcast.acceptance.faults;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class WalsenderTerminatedIT {

    @Test
    void isReplacedWithoutLoss() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("walsender terminated", trial.database()::terminateWalsender)
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
