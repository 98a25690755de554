package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A producer gone wrong: as many rows that nobody can read as others write in minutes. Other conversations hardly notice. */
@ExtendWith(FaultTable.class)
class PoisonFloodIT {

    private static final int ROWS = 100_000;

    /** The first rows find a JVM that has just started, and that has never met a bad row. */
    private static final int COLD_ROWS = 20_000;

    private static final int ROWS_A_TICK = 20;
    private static final Duration TICK = Duration.ofMillis(10);

    /** Beyond what as many good rows would take. */
    private static final Duration PROMISED = Duration.ofSeconds(2);

    private static final String BAD = "'{}'";
    private static final String GOOD =
            "jsonb_build_object('from', n - 1, 'pos', n, 'message', jsonb_build_object('seq', n))";

    private static final String ONE_KEY = "'00000000-0000-7000-8000-000000000000'";
    private static final String A_THOUSAND_KEYS = "'00000000-0000-7000-8000-' || lpad((n % 1000)::text, 12, '0')";

    @Test
    void ofOneKey() throws Exception {
        pour("100,000 poison rows of one key at 2,000/s", ONE_KEY);
    }

    @Test
    void ofAThousandKeys() throws Exception {
        pour("100,000 poison rows of 1,000 keys at 2,000/s", A_THOUSAND_KEYS);
    }

    @Test
    void inOneTransaction() throws Exception {
        try (var trial = Trial.with().load(10, 200).start()) {
            trial.expose("100,000 poison rows in one transaction, twice", () -> {
                        append(trial.database().sql(), ONE_KEY, GOOD, 1, ROWS);
                        awaitMarked(trial);
                        var good = Duration.ofDays(1);
                        var bad = Duration.ofDays(1);
                        for (int round = 0; round < 2; round++) {
                            good = shorter(good, passed(trial, GOOD));
                            bad = shorter(bad, passed(trial, BAD));
                        }
                        System.out.printf(
                                "%,d rows in one transaction: what commits after them arrived %.2f s after good ones, "
                                        + "%.2f s after poison: %+.0f %% (target: +10 %%)%n",
                                ROWS,
                                good.toMillis() / 1e3,
                                bad.toMillis() / 1e3,
                                100.0 * bad.toMillis() / good.toMillis() - 100);
                        assertThat(bad).isLessThan(good.plus(PROMISED));
                    })
                    .assertFlawlessBut(2 * ROWS)
                    .assertPushed();
        }
    }

    private static void pour(String name, String key) throws Exception {
        try (var trial = Trial.with().load(10, 200).start();
                var connection = trial.database().connection()) {
            var sql = JdbcClient.create(connection);
            var times = new long[2];
            Verdict verdict = trial.expose(name, () -> {
                        pour(sql, key, COLD_ROWS);
                        times[0] = System.nanoTime();
                        pour(sql, key, ROWS);
                        times[1] = System.nanoTime();
                    })
                    .assertPushed();
            var posts = trial.answers(times[0], times[1]);
            var arrivals = trial.arrivals(times[0], times[1]);
            System.out.printf(
                    "%s for %.0f s: messages of other conversations arrived after p50 %.1f ms, p99 %.1f ms"
                            + " (target: 50 ms); their posts were answered after p50 %.1f ms, p99 %.1f ms%n",
                    name,
                    (times[1] - times[0]) / 1e9,
                    percentile(arrivals, 50).toNanos() / 1e6,
                    percentile(arrivals, 99).toNanos() / 1e6,
                    percentile(posts, 50).toNanos() / 1e6,
                    percentile(posts, 99).toNanos() / 1e6);
            verdict.assertFlawlessBut((int) trial.database().parked());
            assertThat(verdict.parked()).isGreaterThanOrEqualTo(ROWS);
            assertThat(percentile(arrivals, 99)).isLessThan(PROMISED);
        }
    }

    private static void pour(JdbcClient sql, String key, int rows) throws InterruptedException {
        var pouring = new CountDownLatch(rows / ROWS_A_TICK);
        var clock = Executors.newSingleThreadScheduledExecutor();
        try {
            clock.scheduleAtFixedRate(
                    () -> {
                        append(sql, key, BAD, pouring.getCount(), ROWS_A_TICK);
                        pouring.countDown();
                    },
                    0,
                    TICK.toMillis(),
                    TimeUnit.MILLISECONDS);
            assertThat(pouring.await(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            clock.shutdownNow();
            clock.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private static Duration percentile(List<Duration> ascending, int percent) {
        return ascending.get(ascending.size() * percent / 100);
    }

    /** How long after so many rows of a transaction a message arrives that was posted when they were committed. */
    private static Duration passed(Trial trial, String payload) {
        append(trial.database().sql(), ONE_KEY, payload, 1, ROWS);
        var passed = trial.awaitDelivery();
        awaitMarked(trial);
        return passed;
    }

    private static void awaitMarked(Trial trial) {
        await("all rows are marked or parked")
                .atMost(Duration.ofMinutes(2))
                .until(() -> trial.database().unmarked() < 100);
    }

    private static void append(JdbcClient sql, String key, String payload, long first, int rows) {
        sql.sql("""
                        insert into outbox (topic, event_key, payload)
                        select 'messaging.message_created', %s, %s
                        from generate_series(:first::int, :last::int) n
                        """.formatted(key, payload))
                .param("first", first)
                .param("last", first + rows - 1)
                .update();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
