package io.walcast.acceptance.faults;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the table of faults is to be compared with. */
@ExtendWith(FaultTable.class)
class NoFaultIT {

    @Test
    void deliversTwoHundredPostsASecondForAMinute() throws Exception {
        try (var trial = Trial.with().load(10, 200).start()) {
            trial.observe(Duration.ofMinutes(1)).assertFlawless().assertPushed();
        }
    }
}
