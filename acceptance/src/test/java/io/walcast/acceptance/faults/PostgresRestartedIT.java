package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import io.walcast.db.TestServer.StopMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class PostgresRestartedIT {

    /** A fast shutdown waits for walsenders until they have confirmed everything: ours must not hold it up. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    @Test
    void isNotHeldUpByTheRelayAndNothingIsLost() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("PostgreSQL restarted fast", () -> {
                        var begun = System.nanoTime();
                        trial.database().stop(StopMode.FAST);
                        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONGEST_STOP);
                        trial.database().start();
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
