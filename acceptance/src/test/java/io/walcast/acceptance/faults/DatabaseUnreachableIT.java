package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class DatabaseUnreachableIT {

    private static final Duration OUTAGE = Duration.ofMinutes(1);

    @Test
    void refusesPostsInTheMeantimeAndWritesNothingByHalves() throws Exception {
        try (var trial = Trial.with().databaseThroughProxy().start()) {
            var verdict = trial.expose("database unreachable for a minute", () -> {
                        trial.databaseNetwork().refuse();
                        trial.hold(OUTAGE);
                        trial.databaseNetwork().heal();
                    })
                    .assertFlawless()
                    .assertPushed();

            assertThat(verdict.refused())
                    .as("posts answered 503 with Retry-After")
                    .isPositive();
        }
    }

    @Test
    void doesNotWaitForConnectionsThatAreBlackHoles() throws Exception {
        try (var trial = Trial.with().databaseThroughProxy().start()) {
            trial.expose("all database connections become black holes", trial.databaseNetwork()::freeze)
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
