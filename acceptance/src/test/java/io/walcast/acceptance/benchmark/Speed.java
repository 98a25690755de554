package io.walcast.acceptance.benchmark;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.contender.Yardstick.Kind;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Time from post to client at fixed rates, then posts as fast as they are answered: 100 conversations with a socket each,
 * 200 bytes of content, 32 connections for posts.
 */
final class Speed implements Section {

    private static final int CONVERSATIONS = 100;
    private static final int POST_CONNECTIONS = 32;
    private static final int MOST_POSTS = 2_000_000;
    private static final String LISTENER = "listener";
    private static final List<Integer> RATES = List.of(200, 800);

    /** As much as the tick can take. */
    private static final int TICK_RATE = 20;

    private static final double MOST_LAG_MILLIS = 1_000;
    private static final double STEP_DOWN = 0.9;

    private static final Duration WARM_UP = Duration.ofSeconds(20);

    /** For so long a JVM continues to compile after the warm-up, at first with most of a core. */
    private static final Duration COMPILATION = Duration.ofSeconds(60);

    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration MARKED_LIMIT = Duration.ofMinutes(1);

    @Override
    public void measure(Setting setting, Report report) {
        setting.withYardstick(Kind.DIRECT, contender -> run(contender, setting, report));
        setting.withWalcast("low", contender -> run(contender, setting, report));
        setting.withYardstick(Kind.NOTIFY, contender -> run(contender, setting, report));
        setting.withWalcast("balanced", contender -> run(contender, setting, report));
        setting.withYardstick(Kind.TICK, contender -> runSlowly(contender, setting, report));
    }

    /** Warms a contender up, and measures it. */
    static void run(Contender contender, Setting setting, Report report) {
        try (var driver = connect(contender)) {
            driver.postAsFastAsAnswered(WARM_UP);
            awaitMarked(driver, contender);
            driver.postAt(RATES.get(0), COMPILATION);
            setting.postgres().checkpoint();
            for (int rate : RATES) {
                latency(rate, driver, contender, setting, report);
            }
            sustained(driver, contender, setting, report);
        }
    }

    private static void runSlowly(Contender contender, Setting setting, Report report) {
        try (var driver = connect(contender)) {
            latency(TICK_RATE, driver, contender, setting, report);
            long arrived = driver.ledger().arrived();
            driver.postAsFastAsAnswered(setting.duration());
            var row = Report.row(contender.name());
            row.put("delivered/s", perSecond(driver.ledger().arrived() - arrived, setting.duration()));
            report.add("Posts, 32 in flight", row);
        }
    }

    private static Driver connect(Contender contender) {
        var conversations = IntStream.range(0, CONVERSATIONS)
                .mapToObj(i -> contender.createConversation(List.of(Driver.poster(i), LISTENER)))
                .toList();
        return Driver.connect(contender.port(), conversations, 1, n -> LISTENER, POST_CONNECTIONS, MOST_POSTS);
    }

    private static void latency(int rate, Driver driver, Contender contender, Setting setting, Report report) {
        driver.postAt(rate, SETTLE);
        driver.measure();
        var costs = new Costs(contender, setting.postgres());
        driver.postAt(rate, setting.duration());
        var row = Report.row(contender.name());
        row.put("posts/s", rate);
        driver.awaitDelivered();
        percentiles(row, driver.latencies());
        report.count(row, contender, driver.ledger());
        costs.into(row, rate * setting.duration().toSeconds());
        report.add("Post to client at a fixed rate", row);
    }

    /** What is posted as fast as it is answered; where delivery falls behind that, the highest rate at which it does not. */
    private static void sustained(Driver driver, Contender contender, Setting setting, Report report) {
        var closedLoop = sustained(driver, contender, setting, () -> driver.postAsFastAsAnswered(setting.duration()));
        report.count(closedLoop, contender, driver.ledger());
        report.add("Posts, 32 in flight", closedLoop);
        var row = closedLoop;
        double rate = (double) closedLoop.get("posts/s");
        while (lag(row) > MOST_LAG_MILLIS) {
            rate *= STEP_DOWN;
            int next = (int) rate;
            row = sustained(driver, contender, setting, () -> driver.postAt(next, setting.duration()));
        }
        report.count(row, contender, driver.ledger());
        report.add("Sustained posts: all delivered and marked, lag < 1 s", row);
    }

    private static Map<String, Object> sustained(
            Driver driver, Contender contender, Setting setting, Runnable posting) {
        driver.measure();
        int before = driver.ledger().answered();
        long size = contender instanceof Walcast walcast ? outboxBytes(walcast) : 0;
        var costs = new Costs(contender, setting.postgres());
        posting.run();
        int posts = driver.ledger().answered() - before;
        var row = Report.row(contender.name());
        row.put("posts/s", perSecond(posts, setting.duration()));
        costs.into(row, posts);
        var lag = driver.awaitDelivered();
        row.put("all delivered after (s)", lag.toMillis() / 1e3);
        row.put("all marked after (s)", lag.plus(awaitMarked(driver, contender)).toMillis() / 1e3);
        percentiles(row, driver.latencies());
        if (contender instanceof Walcast walcast) {
            row.put("outbox bytes/row", (double) (outboxBytes(walcast) - size) / posts);
            row.put("HOT marks %", hot(walcast));
        }
        return row;
    }

    /** In ms: the longest that a message took, or what was left at the end took to be marked. */
    private static double lag(Map<String, Object> row) {
        return Math.max((double) row.get("max ms"), (double) row.get("all marked after (s)") * 1e3);
    }

    private static Duration awaitMarked(Driver driver, Contender contender) {
        driver.awaitDelivered();
        long begin = System.nanoTime();
        await("every row is marked")
                .atMost(MARKED_LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(contender::allMarked);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    static void percentiles(Map<String, Object> row, Histogram latencies) {
        row.put("p50 ms", latencies.getValueAtPercentile(50) / 1e6);
        row.put("p90 ms", latencies.getValueAtPercentile(90) / 1e6);
        row.put("p99 ms", latencies.getValueAtPercentile(99) / 1e6);
        row.put("max ms", latencies.getMaxValue() / 1e6);
    }

    private static double perSecond(long count, Duration duration) {
        return count * 1e9 / duration.toNanos();
    }

    private static long outboxBytes(Walcast walcast) {
        return walcast.sql()
                .sql("select pg_total_relation_size('outbox')")
                .query(Long.class)
                .single();
    }

    private static double hot(Walcast walcast) {
        return walcast.sql().sql("""
                        select coalesce(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 0)::float8
                        from pg_stat_user_tables where relname = 'outbox'
                        """).query(Double.class).single();
    }
}
