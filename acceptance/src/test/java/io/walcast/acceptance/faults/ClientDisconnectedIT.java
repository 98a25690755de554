package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client goes without a close frame, and comes back with the last seq it has. */
@ExtendWith(FaultTable.class)
class ClientDisconnectedIT {

    private static final int TIMES = 5;

    @Test
    void byAReset() throws Exception {
        try (var trial = Trial.with().clientsThroughProxy().start()) {
            trial.expose("client connections reset, five times", () -> {
                        for (var time = 0; time < TIMES; time++) {
                            trial.clientNetwork().cut();
                            trial.awaitDelivery();
                        }
                    })
                    .assertFlawless()
                    .assertPushed();

            assertThat(trial.resuming())
                    .allSatisfy(client -> assertThat(client.connections()).isGreaterThan(1));
        }
    }

    @Test
    void byABlackHole() throws Exception {
        try (var trial = Trial.with()
                .clientsThroughProxy()
                .patience(Duration.ofSeconds(2))
                .start()) {
            trial.expose("client connections become black holes", trial.clientNetwork()::freeze)
                    .assertFlawless()
                    .assertPushed();

            assertThat(trial.resuming())
                    .allSatisfy(client -> assertThat(client.connections()).isEqualTo(2));
        }
    }
}
