package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Readers;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A synchronous standby goes away and comes back: what commits meanwhile waits in PostgreSQL, and cannot be ended. */
@ExtendWith(FaultTable.class)
class SynchronousStandbyIT {

    private static final Duration AWAY = Duration.ofMinutes(1);

    /** The pool, and a connection that is just opened: it asks whether there is a place for it. */
    private static final int APP = 16 + 1;

    /** Twice the relay's pool with such a connection, its lease and what is left of a former one, its engine's two. */
    private static final int RELAY = 16 + 1 + 2 + 2;

    @Test
    void replacesNoConnectionWhoseBackendWaitsForItAndTellsByTheKeyWhatIsStored() throws Exception {
        try (var trial = Trial.start();
                var readers = Readers.start(trial.rest(), trial.conversations())) {
            var verdict = trial.expose("synchronous standby away for a minute", () -> {
                        trial.database().set("synchronous_standby_names", "nobody");
                        try {
                            long end = System.nanoTime() + AWAY.toNanos();
                            while (System.nanoTime() < end) {
                                trial.hold(Duration.ofSeconds(5));
                                long app = trial.database().backendsOf("walcast_app");
                                long relay = trial.database().backendsOf("walcast_relay");
                                System.out.println("backends: " + app + " for requests, " + relay + " of relays");
                                assertThat(app).isLessThanOrEqualTo(APP);
                                assertThat(relay)
                                        .isLessThanOrEqualTo(
                                                (long) RELAY * trial.relays().size());
                            }
                        } finally {
                            trial.database().set("synchronous_standby_names", null);
                        }
                    })
                    .assertFlawless();

            assertThat(verdict.refused()).as("posts answered 503").isPositive();
            assertThat(readers.failures()).as("reads refused").isZero();
        }
    }
}
