package io.walcast.db;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** Whole processes: how a start with this module goes, goes wrong, and ends. */
class StartIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** The smallest application that has this module on its class path. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {
        public static void main(String[] arguments) {
            SpringApplication.run(Application.class, arguments);
            System.out.println("ready");
        }
    }

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroy);
        processes.forEach(process -> await().atMost(LIMIT).until(() -> !process.isAlive()));
    }

    @Test
    void aSecondInstanceSaysSoAndAKilledOneIsReplacedWithoutLoss() throws Exception {
        var first = start("first");
        awaitReady("first");
        execute("create table kept as select 42 as answer");

        var second = start("second");
        assertThat(second.waitFor(LIMIT.toSeconds(), SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertOneSentence("second", "another Walcast (process " + first.pid() + ") runs on");

        var orphan = ProcessHandle.of(postmaster()).orElseThrow();
        first.destroyForcibly().waitFor();
        assertThat(orphan.isAlive()).as("the server outlives a killed JVM").isTrue();

        var third = start("third");
        awaitReady("third");
        await().until(() -> !orphan.isAlive());
        execute("insert into kept select answer from kept where answer = 42");

        var server = ProcessHandle.of(postmaster()).orElseThrow();
        third.destroy();
        assertThat(third.waitFor(LIMIT.toSeconds(), SECONDS)).isTrue();
        assertThat(directory.resolve("data/postmaster.pid"))
                .as("the server stops before the process ends")
                .doesNotExist();
        await().until(() -> !server.isAlive());
    }

    @Test
    void anUnreachableServerIsOneSentenceAndNothingEmbeddedStarts() throws Exception {
        int closedPort;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        var process = start(
                "outside",
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/chat".formatted(closedPort),
                "--spring.datasource.username=app",
                "--spring.datasource.password=secret");

        assertThat(process.waitFor(LIMIT.toSeconds(), SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertOneSentence(
                "outside", "no PostgreSQL answers at 127.0.0.1:%d/chat; start it, or correct".formatted(closedPort));
        assertThat(directory.resolve("data")).doesNotExist();
    }

    private Process start(String name, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                "--walcast.db.directory=" + directory,
                "--spring.main.keep-alive=true",
                "--spring.main.banner-mode=off"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output(name).toFile())
                .start();
        processes.add(process);
        return process;
    }

    private Path output(String name) {
        return directory.resolve(name + ".out");
    }

    private void awaitReady(String name) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(output(name)).content().contains("ready\n"));
    }

    private void assertOneSentence(String name, String sentence) {
        assertThat(output(name))
                .content()
                .contains("Walcast did not start: ")
                .contains(sentence)
                .doesNotContain("Exception", "\tat ", "APPLICATION FAILED", "secret");
    }

    private long postmaster() throws IOException {
        try (var lines = Files.lines(directory.resolve("data/postmaster.pid"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        }
    }

    private void execute(String sql) throws SQLException, IOException {
        var port = Pattern.compile("\\d+")
                .matcher(Files.readAllLines(directory.resolve("data/postmaster.pid"))
                        .get(3));
        assertThat(port.matches()).isTrue();
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%s/walcast".formatted(port.group()),
                        "postgres",
                        Files.readString(directory.resolve("password")));
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }
}
