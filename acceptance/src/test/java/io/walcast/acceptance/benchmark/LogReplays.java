package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Walcast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A {@link BusyYear}: replayed to one client from its beginning, resumed after a day, and paged over REST. */
final class LogReplays {

    private static final String TABLE = "A year of a busy conversation";
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int DAYS = 10;
    private static final int PAGES = 500;

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
        long restingKilobytes = residentKilobytes();
        var peak = new AtomicLong(restingKilobytes);
        var clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(
                () -> peak.accumulateAndGet(residentKilobytes(), Math::max), 0, 100, TimeUnit.MILLISECONDS);
        long begun = System.nanoTime();
        try (var client = follower(0, frame -> {
            long pos = LogFollower.number(frame, "pos");
            if (pos > 0) {
                events.incrementAndGet();
            }
            if (pos >= year.lastPos()) {
                done.countDown();
            }
        })) {
            client.await(done, LIMIT);
        } finally {
            clock.shutdownNow();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        var row = Report.row("replay from 0, " + name);
        row.put("events", events.get());
        row.put("events/s", events.get() / seconds);
        row.put("seconds", seconds);
        row.put("server RSS before, MB", restingKilobytes / 1024);
        row.put("server RSS peak, MB", peak.get() / 1024);
        report.add(TABLE, row);
    }

    private void day(Report report) {
        var first = new double[DAYS];
        var last = new double[DAYS];
        for (int i = 0; i < DAYS; i++) {
            var firstNanos = new AtomicLong();
            var done = new CountDownLatch(1);
            long begun = System.nanoTime();
            try (var client = follower(year.posOfYesterday(), frame -> {
                long pos = LogFollower.number(frame, "pos");
                if (pos > 0) {
                    firstNanos.compareAndSet(0, System.nanoTime());
                }
                if (pos >= year.lastPos()) {
                    done.countDown();
                }
            })) {
                client.await(done, LIMIT);
            }
            last[i] = (System.nanoTime() - begun) / 1e6;
            first[i] = (firstNanos.get() - begun) / 1e6;
        }
        Arrays.sort(first);
        Arrays.sort(last);
        var row = Report.row("resume by pos after a day");
        row.put("events", year.lastPos() - year.posOfYesterday());
        row.put("first event, median ms", first[DAYS / 2]);
        row.put("last event, median ms", last[DAYS / 2]);
        row.put("last event, worst ms", last[DAYS - 1]);
        report.add(TABLE + ": a day away", row);
    }

    private void pages(Report report, String where) {
        var http = HttpClient.newHttpClient();
        var random = new Random(1);
        var times = new double[PAGES];
        for (int i = 0; i < PAGES; i++) {
            var uri = URI.create("http://127.0.0.1:%d/conversations/%s/messages?limit=50&%s=%d"
                    .formatted(
                            walcast.port(), year.conversation(), where, 100 + random.nextInt(year.messages() - 200)));
            long begun = System.nanoTime();
            try {
                var answer = http.send(
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
        Arrays.sort(times);
        var row = Report.row("pages of 50, " + where + " a random message");
        row.put("pages", PAGES);
        row.put("p50 ms", times[PAGES / 2]);
        row.put("p99 ms", times[PAGES * 99 / 100]);
        report.add(TABLE + ": pages", row);
    }

    private LogFollower follower(long pos, Consumer<String> frames) {
        return new LogFollower(walcast.port(), "listener", frames)
                .send("{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\",\"pos\":%d}}"
                        .formatted(year.conversation(), pos));
    }

    /** Reads Linux's {@code /proc}. */
    private long residentKilobytes() {
        try {
            return Files.readAllLines(
                            Path.of("/proc", Long.toString(walcast.process().pid()), "status"))
                    .stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
