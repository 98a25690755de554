package io.walcast.acceptance.faults;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class KilledIT {

    private static final int KILLS = 10;
    private static final int LONGEST_LIFE_MILLIS = 2_000;

    @Test
    void losesNothingHoweverOftenItIsKilled() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("kill -9, ten times", () -> {
                        for (var kill = 1; kill <= KILLS; kill++) {
                            var walcast = trial.walcast();
                            walcast.kill();
                            walcast.launch();
                            if (kill < KILLS) {
                                var recovery = trial.awaitDelivery();
                                liveForAMoment();
                                System.out.printf("kill %d: delivered again after %d ms%n", kill, recovery.toMillis());
                            }
                        }
                    })
                    .assertFlawless();
        }
    }

    private static void liveForAMoment() {
        await().pollDelay(ThreadLocalRandom.current().nextInt(1, LONGEST_LIFE_MILLIS), MILLISECONDS)
                .until(() -> true);
    }
}
