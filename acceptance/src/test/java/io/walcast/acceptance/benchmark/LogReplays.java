package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Walcast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A {@link BusyYear}: replayed to one client from its beginning, resumed after a day, and paged over REST. */
final class LogReplays {

    private static final String TABLE = "A year of a busy conversation";
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int DAYS = 200;
    private static final int PAGES = 1_000;

    /** So many of them are made before, while the JVM compiles. */
    private static final int WARM_UP = 5_000;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Walcast walcast;
    private final BusyYear year;
    private final String name;

    private LogReplays(Walcast walcast, BusyYear year) {
        this.walcast = walcast;
        this.year = year;
        this.name = "%,d messages, %,d events".formatted(year.messages(), year.events());
    }

    static void measure(Setting setting, Report report) {
        setting.withWalcast("log_replays", Map.of(), walcast -> {
            var conversation = walcast.createConversation(List.of("poster-0", "listener"));
            System.out.printf("Writing %,d messages ...%n", setting.messages());
            var connection = new SingleConnectionDataSource(
                    setting.postgres().jdbcUrl(walcast.database()),
                    setting.postgres().superuser(),
                    "",
                    true);
            var replays = new LogReplays(
                    walcast, BusyYear.write(JdbcClient.create(connection), conversation, setting.messages()));
            connection.destroy();
            replays.all(report);
            replays.day(report);
            replays.pages(report, "before");
            replays.pages(report, "around");
        });
    }

    private void all(Report report) {
        var events = new AtomicLong();
        var done = new CountDownLatch(1);
        long resting = ServerMemory.resident(walcast);
        var peak = new AtomicLong(resting);
        var clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(
                () -> peak.accumulateAndGet(ServerMemory.resident(walcast), Math::max), 0, 100, TimeUnit.MILLISECONDS);
        long begun = System.nanoTime();
        try (var client = new JsonSocket(walcast.port(), "listener", frame -> {
            long pos = JsonSocket.number(frame, "pos");
            if (pos > 0) {
                events.incrementAndGet();
            }
            if (pos >= year.lastPos()) {
                done.countDown();
            }
        })) {
            resume(client, 0);
            client.await(done, LIMIT);
        } finally {
            clock.shutdownNow();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        var row = Report.row("replay from 0, " + name);
        row.put("events", events.get());
        row.put("events/s", events.get() / seconds);
        row.put("seconds", seconds);
        row.put("server RSS before, MB", resting / 1_000_000);
        row.put("server RSS peak, MB", peak.get() / 1_000_000);
        report.add(TABLE, row);
    }

    private void day(Report report) {
        var first = new double[DAYS];
        var last = new double[DAYS];
        for (int i = 0; i < DAYS; i++) {
            var firstNanos = new AtomicLong();
            var lastNanos = new AtomicLong();
            var done = new CountDownLatch(1);
            try (var client = new JsonSocket(walcast.port(), "listener", frame -> {
                long pos = JsonSocket.number(frame, "pos");
                if (pos > 0) {
                    firstNanos.compareAndSet(0, System.nanoTime());
                }
                if (pos >= year.lastPos()) {
                    lastNanos.set(System.nanoTime());
                    done.countDown();
                }
            })) {
                long begun = System.nanoTime();
                resume(client, year.posOfYesterday());
                client.await(done, LIMIT);
                first[i] = (firstNanos.get() - begun) / 1e6;
                last[i] = (lastNanos.get() - begun) / 1e6;
            }
        }
        Arrays.sort(first);
        Arrays.sort(last);
        var row = Report.row("resume by pos after a day");
        row.put("events", year.lastPos() - year.posOfYesterday());
        row.put("resumptions", DAYS);
        row.put("first event, p50 ms", first[DAYS / 2]);
        row.put("first event, p99 ms", first[DAYS * 99 / 100]);
        row.put("last event, p50 ms", last[DAYS / 2]);
        row.put("last event, p99 ms", last[DAYS * 99 / 100]);
        report.add(TABLE + ": a day away", row);
    }

    private void pages(Report report, String where) {
        times(where, WARM_UP, 1);
        double[] times = times(where, PAGES, 2);
        Arrays.sort(times);
        var row = Report.row("pages of 50, " + where + " a random message");
        row.put("pages", PAGES);
        row.put("p50 ms", times[PAGES / 2]);
        row.put("p99 ms", times[PAGES * 99 / 100]);
        report.add(TABLE + ": pages", row);
    }

    private double[] times(String where, int pages, long seed) {
        var random = new Random(seed);
        var times = new double[pages];
        for (int i = 0; i < pages; i++) {
            var uri = URI.create("http://127.0.0.1:%d/conversations/%s/messages?limit=50&%s=%d"
                    .formatted(
                            walcast.port(), year.conversation(), where, 100 + random.nextInt(year.messages() - 200)));
            long begun = System.nanoTime();
            try {
                var answer = HTTP.send(
                        HttpRequest.newBuilder(uri)
                                .header("X-User-Id", "listener")
                                .build(),
                        BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            times[i] = (System.nanoTime() - begun) / 1e6;
        }
        return times;
    }

    private void resume(JsonSocket client, long pos) {
        client.send("{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\",\"pos\":%d}}"
                .formatted(year.conversation(), pos));
    }
}
