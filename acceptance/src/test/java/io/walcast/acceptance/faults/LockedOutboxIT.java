package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Readers;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody locks the outbox, as {@code alter table} and {@code vacuum full} do: nobody can post, and marks wait. */
@ExtendWith(FaultTable.class)
class LockedOutboxIT {

    private static final Duration LOCKED = Duration.ofSeconds(40);
    private static final int POOL = 16;

    /** The relay's pool, its lease, and its engine's two connections. */
    private static final int RELAY = 8 + 1 + 2;

    @Test
    void refusesPostsServesReadsAndLeavesNoBackendBehind() throws Exception {
        try (var trial = Trial.start();
                var readers = Readers.start(trial.rest(), trial.conversations())) {
            var verdict = trial.expose("outbox locked for 40 s", () -> {
                        try (var lock = trial.database().holding("lock table outbox in access exclusive mode")) {
                            long end = System.nanoTime() + LOCKED.toNanos();
                            while (System.nanoTime() < end) {
                                trial.hold(Duration.ofSeconds(5));
                                assertThat(trial.database().backendsOf("walcast_app"))
                                        .as("backends for requests")
                                        .isLessThanOrEqualTo(POOL);
                                assertThat(trial.database().backendsOf("walcast_relay"))
                                        .as("backends of relays")
                                        .isLessThanOrEqualTo(
                                                (long) RELAY * trial.relays().size());
                            }
                        }
                    })
                    .assertFlawless();

            assertThat(verdict.refused()).as("posts answered 503").isPositive();
            assertThat(readers.failures()).as("reads refused").isZero();
        }
    }
}
