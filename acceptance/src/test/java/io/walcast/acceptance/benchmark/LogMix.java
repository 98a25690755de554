package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Posts as fast as they are answered, alone, and with so many changes beside them that six of ten writes are posts. */
final class LogMix {

    private static final int CONVERSATIONS = 100;
    private static final int POST_CONNECTIONS = 32;
    private static final int CHANGERS = 16;
    private static final int MOST_POSTS = 2_000_000;
    private static final int MESSAGES_EACH = 50;
    private static final String LISTENER = "listener";
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private record Target(UUID conversation, UUID message, String sender, long seq) {}

    private LogMix() {}

    static void measure(Setting setting, Report report) {
        setting.withWalcast("log_mix", Map.of(), walcast -> {
            var conversations = IntStream.range(0, CONVERSATIONS)
                    .mapToObj(i -> walcast.createConversation(List.of(Driver.poster(i), LISTENER)))
                    .toList();
            try (var driver =
                    Driver.connect(walcast.port(), conversations, 1, n -> LISTENER, POST_CONNECTIONS, MOST_POSTS)) {
                driver.postAsFastAsAnswered(WARM_UP);
                driver.awaitDelivered();
                setting.postgres().checkpoint();
                posts("posts only", setting, report, walcast, driver, false);
                setting.postgres().checkpoint();
                posts("posts, with edits, deletions, reactions and reads", setting, report, walcast, driver, true);
            }
        });
    }

    private static void posts(
            String name, Setting setting, Report report, Walcast walcast, Driver driver, boolean mixed) {
        var changes = new AtomicLong();
        var running = new AtomicBoolean(mixed);
        var threads = Executors.newFixedThreadPool(CHANGERS);
        long before = driver.ledger().answered();
        if (mixed) {
            var targets = targets(walcast);
            for (int i = 0; i < CHANGERS; i++) {
                var random = new Random(i);
                threads.execute(() -> change(walcast, targets, random, running, changes, driver, before));
            }
        }
        var costs = new Costs(walcast, setting.postgres());
        driver.postAsFastAsAnswered(setting.duration());
        long posts = driver.ledger().answered() - before;
        long made = changes.get();
        running.set(false);
        var row = Report.row(name);
        double seconds = setting.duration().toNanos() / 1e9;
        row.put("posts/s", posts / seconds);
        row.put("changes/s", made / seconds);
        row.put("writes/s", (posts + made) / seconds);
        costs.into(row, posts + made);
        threads.shutdown();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.awaitDelivered();
        report.count(row, walcast, driver.ledger());
        report.add("Posts and changes, 32 posts in flight", row);
    }

    private static List<Target> targets(Walcast walcast) {
        return walcast.sql().sql("""
                        select m.conversation_id as conversation, m.id as message, m.sender_id as sender, m.seq
                        from messages m join conversations c on c.id = m.conversation_id and m.seq > c.last_seq - ?
                        """).param(MESSAGES_EACH).query(Target.class).list();
    }

    /** Makes changes as long as there are fewer of them than four to six posts. */
    private static void change(
            Walcast walcast,
            List<Target> targets,
            Random random,
            AtomicBoolean running,
            AtomicLong changes,
            Driver driver,
            long before) {
        var http = HttpClient.newHttpClient();
        while (running.get()) {
            if (changes.get() * 3 >= (driver.ledger().answered() - before) * 2) {
                LockSupport.parkNanos(200_000);
                continue;
            }
            var target = targets.get(random.nextInt(targets.size()));
            int chance = random.nextInt(100);
            try {
                var request = switch (chance / 10) {
                    case 0, 1, 2, 3 ->
                        request(
                                walcast,
                                "PATCH",
                                "/messages/" + target.message(),
                                target.sender(),
                                "{\"content\":\"edit %d\"}".formatted(random.nextInt()));
                    case 4, 5, 6 ->
                        request(
                                walcast,
                                random.nextBoolean() ? "PUT" : "DELETE",
                                "/messages/" + target.message() + "/reactions/:e" + random.nextInt(5) + ":",
                                LISTENER,
                                null);
                    case 7, 8 ->
                        request(
                                walcast,
                                "PUT",
                                "/conversations/" + target.conversation() + "/read",
                                LISTENER,
                                "{\"seq\":%d}".formatted(target.seq()));
                    default -> request(walcast, "DELETE", "/messages/" + target.message(), target.sender(), null);
                };
                http.send(request, BodyHandlers.discarding());
                changes.incrementAndGet();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static HttpRequest request(
            Walcast walcast, String method, String path, String user, @Nullable String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + walcast.port() + path))
                .header("X-User-Id", user)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }
}
