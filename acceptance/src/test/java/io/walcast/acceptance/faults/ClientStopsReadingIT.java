package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class ClientStopsReadingIT {

    /** Large, so that what the operating system holds back for a client is soon full. */
    private static final int CONTENT_LENGTH = 16_000;

    private static final Duration STOPPED = Duration.ofSeconds(10);

    @Test
    void isToldAndServedFromTheTableAndOthersDoNotNotice() throws Exception {
        try (var trial = Trial.with()
                .clientsThroughProxy()
                .patience(Duration.ofMinutes(1))
                .load(2, 100)
                .contentLength(CONTENT_LENGTH)
                .start()) {
            trial.expose("clients stop reading for 10 s", () -> {
                        trial.clientNetwork().freeze();
                        trial.hold(STOPPED);
                        trial.clientNetwork().heal();
                    })
                    .assertFlawless()
                    .assertPushed();

            assertThat(trial.resuming()).allSatisfy(client -> {
                assertThat(client.resyncs()).isPositive();
                assertThat(client.connections()).isEqualTo(1);
            });
        }
    }
}
