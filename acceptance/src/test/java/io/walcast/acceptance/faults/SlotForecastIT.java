package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.WalNoise;
import io.walcast.acceptance.WalcastProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The engine stops while much is written: ops learn of it at once, and how much time is left. */
@ExtendWith(FaultTable.class)
class SlotForecastIT {

    private static final Duration NOTICE = Duration.ofSeconds(10);
    private static final double ERROR = 0.2;
    private static final String UNTIL_LOST = "walcast_slot_until_lost_seconds{ours=\"true\",slot=\"walcast\"}";

    @Test
    void isTrueAndComesInTime() throws Exception {
        try (var trial =
                Trial.with().postgres("max_slot_wal_keep_size", "128MB").start()) {
            var walcast = trial.walcast();
            trial.expose("walsender frozen until its slot may be lost", () -> {
                        var walsender = trial.database().walsender();
                        try (var noise = WalNoise.start(trial.database(), 2_000)) {
                            trial.hold(Duration.ofSeconds(5));
                            Signal.STOP.send(walsender);
                            judge(trial, walcast);
                        } finally {
                            Signal.CONT.send(walsender);
                        }
                    })
                    .assertFlawless();
        }
    }

    private static void judge(Trial trial, WalcastProcess walcast) {
        var ops = new OpsView(walcast);
        var stopped = System.nanoTime();
        await("health").atMost(NOTICE).until(() -> !walcast.isUp());
        System.out.printf("health after %.1f s: %s%n", since(stopped), walcast.relay());
        await("metrics").atMost(NOTICE).until(() -> ops.metric("walcast_relay_state{state=\"STREAMING\"}") == 0);
        System.out.printf("metrics after %.1f s%n", since(stopped));
        await("console").atMost(NOTICE).until(() -> !ops.findings("ALARM").isEmpty());
        System.out.printf("console after %.1f s: %s%n", since(stopped), ops.findings("ALARM"));
        assertThat(since(stopped)).isLessThan(NOTICE.toSeconds());

        await("a forecast").atMost(NOTICE).until(() -> ops.metric(UNTIL_LOST) > 0);
        trial.hold(Duration.ofSeconds(5));
        var forecast = ops.metric(UNTIL_LOST);
        var made = System.nanoTime();
        await("nothing more may be kept").atMost(Duration.ofMinutes(3)).until(() -> safeSize(trial) <= 0);
        var truth = since(made);
        System.out.printf("forecast %.1f s, it took %.1f s%n", forecast, truth);
        assertThat(forecast).isCloseTo(truth, within(ERROR * truth));
    }

    private static long safeSize(Trial trial) {
        return trial.database()
                .sql()
                .sql("select coalesce(safe_wal_size, 0) from pg_replication_slots where slot_name = 'walcast'")
                .query(Long.class)
                .single();
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
