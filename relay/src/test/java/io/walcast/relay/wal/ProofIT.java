package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An owner that PostgreSQL no longer confirms. */
class ProofIT {

    @Test
    void theStateEndsWithTheProofBeforeAnotherOneCanDeliver() throws Exception {
        try (var database = TestDatabase.create();
                // The slot is seen to stand still by nobody meanwhile.
                var relay = RelayProcess.start(database, Map.of("walcast.relay.patience", "1m"))) {
            long lease = JdbcClient.create(database.dataSource())
                    .sql("""
                    select pid from pg_stat_activity
                    where application_name = 'walcast owner' and datname = current_database()
                    """)
                    .query(Long.class)
                    .single();
            long stopped = System.nanoTime();
            signal("STOP", lease);
            try {
                await().pollInterval(Duration.ofMillis(20))
                        .until(() -> relay.status().state() != State.STREAMING);

                assertThat(relay.status().reason()).contains("has not confirmed");
                assertThat(relay.status().state()).isEqualTo(State.BLOCKED);
                assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(8));
            } finally {
                signal("CONT", lease);
            }
            relay.awaitStreaming();
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
