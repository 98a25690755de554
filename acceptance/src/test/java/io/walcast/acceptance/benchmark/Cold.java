package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.WalcastProcess;
import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A start, and the time after it, on a PostgreSQL that runs and has the schema: the plain jar, and the one that {@code
 * docker/train} made. Posts begin when the process is ready, first as fast as they are answered, after another start at a
 * fixed rate.
 */
final class Cold implements Section {

    private static final int CONVERSATIONS = 100;
    private static final int POST_CONNECTIONS = 32;
    private static final int RATE = 200;
    private static final int MOST_POSTS = 1_000_000;
    private static final String LISTENER = "listener";
    private static final int WINDOW_SECONDS = 5;
    private static final int WINDOWS = 6;
    private static final Duration WINDOW = Duration.ofSeconds(WINDOW_SECONDS);

    /** After this a JVM has compiled most of what it will. */
    private static final Duration UNTIL_WARM = Duration.ofSeconds(60);

    @Override
    public void measure(Setting setting, Report report) {
        for (Path home : setting.javaHomes()) {
            run("jar", new Walcast.Command(home, WalcastProcess.APP, setting.javaOptions()), setting, report);
            run("trained", trained(home, setting.javaOptions()), setting, report);
        }
    }

    private static void run(String kind, Walcast.Command command, Setting setting, Report report) {
        String name = command.javaHome().getFileName() + ", " + kind;
        System.out.println(name + " ...");
        try (var walcast = Walcast.prepare(name, setting.postgres(), "walcast_cold", Map.of(), command)) {
            walcast.start();
            List<UUID> conversations = IntStream.range(0, CONVERSATIONS)
                    .mapToObj(i -> walcast.createConversation(List.of(Driver.poster(i), LISTENER)))
                    .toList();
            walcast.stop();
            setting.postgres().checkpoint();
            closedLoop(walcast, conversations, setting, report);
            walcast.stop();
            setting.postgres().checkpoint();
            fixedRate(walcast, conversations, setting, report);
        }
    }

    private static void closedLoop(Walcast walcast, List<UUID> conversations, Setting setting, Report report) {
        var start = Report.row(walcast.name());
        start.put("ready after (s)", walcast.start().toMillis() / 1e3);
        try (var driver = connect(walcast, conversations)) {
            report.add("From start to ready", start);
            for (int window = 0; window < WINDOWS; window++) {
                window(
                        window * WINDOW_SECONDS,
                        driver,
                        walcast,
                        report,
                        "32 in flight",
                        () -> driver.postAsFastAsAnswered(WINDOW));
            }
            driver.postAsFastAsAnswered(UNTIL_WARM);
            setting.postgres().checkpoint();
            window(
                    (int) UNTIL_WARM.toSeconds() + WINDOWS * WINDOW_SECONDS,
                    driver,
                    walcast,
                    report,
                    "32 in flight",
                    () -> driver.postAsFastAsAnswered(WINDOW));
        }
    }

    private static void fixedRate(Walcast walcast, List<UUID> conversations, Setting setting, Report report) {
        walcast.start();
        try (var driver = connect(walcast, conversations)) {
            for (int window = 0; window < WINDOWS; window++) {
                window(
                        window * WINDOW_SECONDS,
                        driver,
                        walcast,
                        report,
                        RATE + "/s",
                        () -> driver.postAt(RATE, WINDOW));
            }
        }
    }

    private static void window(
            int since, Driver driver, Walcast walcast, Report report, String load, Runnable posting) {
        driver.measure();
        int before = driver.ledger().answered();
        long begun = System.nanoTime();
        posting.run();
        int posts = driver.ledger().answered() - before;
        var row = Report.row(walcast.name());
        row.put("from (s)", since);
        row.put("posts/s", posts * 1e9 / (System.nanoTime() - begun));
        driver.awaitDelivered();
        Speed.percentiles(row, driver.latencies());
        report.count(row, walcast, driver.ledger());
        report.add("After a start, " + load, row);
    }

    private static Driver connect(Walcast walcast, List<UUID> conversations) {
        return Driver.connect(walcast.port(), conversations, 1, n -> LISTENER, POST_CONNECTIONS, MOST_POSTS);
    }

    /** What the documented command makes of the jar. */
    private static Walcast.Command trained(Path home, List<String> options) {
        Path directory =
                Path.of("target", "benchmark", "trained-" + home.getFileName()).toAbsolutePath();
        try {
            var builder = new ProcessBuilder(
                            Path.of("..", "docker", "train")
                                    .toAbsolutePath()
                                    .normalize()
                                    .toString(),
                            WalcastProcess.APP.toString(),
                            directory.toString())
                    .inheritIO();
            builder.environment().put("JAVA_HOME", home.toString());
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new IllegalStateException("docker/train ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        var all = new ArrayList<>(options);
        all.add("@" + directory.resolve("options"));
        return new Walcast.Command(home, directory.resolve("walcast.jar"), all);
    }
}
