package io.walcast.acceptance.benchmark;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * What feeds cost: their latency, 1,000 users who follow 200 conversations each while 200 posts/s are made, and the return
 * of a user of 1,000 conversations with a cursor.
 */
final class Followers implements Section {

    private static final int FOLLOWERS = 1_000;
    private static final int OPENED_AT_ONCE = 50;
    private static final int POSTED_CONVERSATIONS = 100;
    private static final int POST_CONNECTIONS = 32;
    private static final int MOST_POSTS = 2_000_000;
    private static final int RATE = 200;
    private static final int RETURNS = 200;
    private static final String TRAVELLER = "traveller";
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final Duration BETWEEN_RETURNS = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Each of 1,000 followers is in 200 of these, ten in each. The traveller is in the first 1,000. */
    private static final String CONVERSATIONS = """
            select create_conversation(
                md5('c' || c)::uuid, 'Conversation ' || c, 'follower-' || 7 * c % 1000,
                array(select 'follower-' || (7 * c + 101 * k) % 1000 from generate_series(0, 9) k)
                    || case when c < 100 then array['poster-' || c] end
                    || case when c < 1000 then array['traveller'] end,
                '{}')
            from generate_series(0, 19999) c
            """;

    @Override
    public void measure(Setting setting, Report report) {
        FeedLatency.measure(setting, report);
        setting.withWalcast("feed", Map.of(), walcast -> {
            walcast.sql().sql(CONVERSATIONS).query().listOfRows();
            await("all conversations are delivered").atMost(LIMIT).until(walcast::allMarked);
            List<UUID> posted = walcast.sql()
                    .sql("select md5('c' || c)::uuid from generate_series(0, ? - 1) c order by c")
                    .param(POSTED_CONVERSATIONS)
                    .query(UUID.class)
                    .list();
            try (var driver = Driver.connect(walcast.port(), posted, 1, Driver::poster, POST_CONNECTIONS, MOST_POSTS)) {
                // The process has just started, so the JVM compiles for longer than in one that has run for a while.
                driver.postAt(RATE, WARM_UP.multipliedBy(3));
                posts("without feeds", setting, report, walcast, driver, row -> {});
                follow(setting, report, walcast, driver);
                comeBack(report, walcast, driver);
            }
        });
    }

    private static void follow(Setting setting, Report report, Walcast walcast, Driver driver) {
        long heap = ServerMemory.liveHeap(walcast);
        var activities = new AtomicLong();
        List<JsonSocket> feeds = new ArrayList<>();
        try {
            while (feeds.size() < FOLLOWERS) {
                var opened = new CountDownLatch(OPENED_AT_ONCE);
                for (int i = 0; i < OPENED_AT_ONCE; i++) {
                    var feed = new JsonSocket(walcast.port(), "follower-" + feeds.size(), frame -> {
                        if (frame.contains("\"event\":\"conversation.activity\"")) {
                            activities.incrementAndGet();
                        } else if (frame.contains("\"event\":\"feed.cursor\"")) {
                            opened.countDown();
                        }
                    });
                    feeds.add(feed);
                    feed.send("{\"id\":1,\"event\":\"feed.open\",\"data\":{}}");
                }
                feeds.get(0).await(opened, LIMIT);
            }
            driver.postAt(RATE, WARM_UP);
            double kilobytes = (ServerMemory.liveHeap(walcast) - heap) / 1e3 / FOLLOWERS;
            activities.set(0);
            posts(
                    "%,d followers of 200 conversations each".formatted(FOLLOWERS),
                    setting,
                    report,
                    walcast,
                    driver,
                    row -> {
                        row.put(
                                "activities/s",
                                activities.get() / setting.duration().toSeconds());
                        row.put("heap KB each, connection included", kilobytes);
                    });
        } finally {
            feeds.forEach(JsonSocket::close);
        }
    }

    private static void posts(
            String name,
            Setting setting,
            Report report,
            Walcast walcast,
            Driver driver,
            Consumer<Map<String, Object>> more) {
        driver.measure();
        var costs = new Costs(walcast, setting.postgres());
        driver.postAt(RATE, setting.duration());
        var row = Report.row(name);
        costs.into(row, RATE * setting.duration().toSeconds());
        driver.awaitDelivered();
        Speed.percentiles(row, driver.latencies());
        report.count(row, walcast, driver.ledger());
        more.accept(row);
        report.add("Feeds at 200 posts/s", row);
    }

    /** About 20 conversations have a new message each time. */
    private static void comeBack(Report report, Walcast walcast, Driver driver) {
        var acknowledged = new Histogram(3);
        var told = new Histogram(3);
        String cursor = null;
        // The first half of the returns is a warm-up and is not counted.
        for (int i = -RETURNS; i < RETURNS; i++) {
            driver.postAt(RATE, BETWEEN_RETURNS);
            driver.awaitDelivered();
            var next = new AtomicReference<String>();
            var acknowledgedNanos = new AtomicLong();
            var toldNanos = new AtomicLong();
            var done = new CountDownLatch(1);
            try (var feed = new JsonSocket(walcast.port(), TRAVELLER, frame -> {
                if (frame.contains("\"event\":\"ack\"")) {
                    acknowledgedNanos.set(System.nanoTime());
                } else if (frame.contains("\"event\":\"feed.cursor\"")) {
                    toldNanos.set(System.nanoTime());
                    int at = frame.indexOf("\"cursor\":") + "\"cursor\":".length();
                    int begin = frame.indexOf('"', at) + 1;
                    next.set(frame.substring(begin, frame.indexOf('"', begin)));
                    done.countDown();
                }
            })) {
                long begun = System.nanoTime();
                feed.send("{\"id\":1,\"event\":\"feed.open\",\"data\":{%s}}"
                        .formatted(cursor == null ? "" : "\"cursor\":\"" + cursor + "\""));
                feed.await(done, LIMIT);
                if (i >= 0) {
                    acknowledged.recordValue(acknowledgedNanos.get() - begun);
                    told.recordValue(toldNanos.get() - begun);
                }
            }
            cursor = next.get();
        }
        var row = Report.row("back with a cursor, of 1,000 conversations");
        row.put("returns", RETURNS);
        row.put("acknowledged, p50 ms", acknowledged.getValueAtPercentile(50) / 1e6);
        row.put("acknowledged, p99 ms", acknowledged.getValueAtPercentile(99) / 1e6);
        row.put("all told, p50 ms", told.getValueAtPercentile(50) / 1e6);
        row.put("all told, p99 ms", told.getValueAtPercentile(99) / 1e6);
        report.add("Feeds: coming back", row);
    }
}
