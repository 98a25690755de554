package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.db.TestDatabase;
import io.walcast.relay.WalcastRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The doctor as a process, and servers that give no answer. */
class DoctorProcessIT {

    @TempDir
    Path directory;

    /** A machine whose language has digits of its own; the configuration is in the environment and in a file. */
    @Test
    void aProcessReadsTheConfigurationOfTheRelayAndEndsWithTheExitCode() throws Exception {
        try (var database = TestDatabase.create()) {
            Files.writeString(directory.resolve("application.yaml"), "walcast.relay.slot: " + database.name() + "\n");
            var environment =
                    Map.of("SPRING_DATASOURCE_URL", database.url(), "WALCAST_RELAY_DATABASE_USERNAME", "walcast_relay");
            assertThat(run(environment)).isZero();
            assertThat(Files.readString(output()))
                    .contains("PostgreSQL at 127.0.0.1:")
                    .contains("there is no " + database.name() + " yet")
                    .contains("Everything that is needed is there.")
                    .doesNotContainPattern("[\u0660-\u0669\u06F0-\u06F9]")
                    .doesNotContain("warning", "missing");

            Visit.execute(database.dataSource(), "drop publication walcast");
            assertThat(run(environment)).isEqualTo(1);
            assertThat(Files.readString(output())).contains("Something is missing.");
        }
        assertThat(run(Map.of("SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/chat")))
                .isEqualTo(2);
        assertThat(Files.readString(output()))
                .contains("Walcast could not ask: no PostgreSQL answers at 127.0.0.1:1/chat; start it")
                .doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @CsvSource({
        "'', no PostgreSQL answers at 127.0.0.1:",
        // A URL may ask for more patience than there is.
        "?loginTimeout=60&socketTimeout=60&connectTimeout=60, did not answer everything within 7 s"
    })
    void aServerThatNeverAnswersIsOneSentenceWithinTenSeconds(String more, String sentence) throws IOException {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            Visit visit =
                    Visit.to("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/chat" + more, "walcast_relay");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(visit.exitCode()).isEqualTo(2);
            assertThat(visit.output()).isEmpty();
            assertThat(visit.error()).contains(sentence);
            assertThat(visit.error().lines()).hasSize(1);
        }
    }

    @Test
    void aProcessWithoutAServerOrARelayIsToldSo() {
        Visit kafka = Visit.to("jdbc:postgresql://127.0.0.1:1/chat", "me", "--walcast.gateway.source=kafka");
        assertThat(kafka.exitCode()).isEqualTo(2);
        assertThat(kafka.error()).contains("this process has no relay that reads the WAL");

        Visit other = Visit.to("jdbc:mysql://127.0.0.1:1/chat", "me");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.error()).contains("is not the URL of a PostgreSQL");

        Visit slot = Visit.to("jdbc:postgresql://127.0.0.1:1/chat", "me", "--walcast.relay.slot=No slot");
        assertThat(slot.exitCode()).isEqualTo(2);
        assertThat(slot.error()).contains("correct its configuration");
    }

    private int run(Map<String, String> environment) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=fa",
                "-Duser.country=IR",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                WalcastRelay.class.getName(),
                "--doctor"));
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private Path output() {
        return directory.resolve("output");
    }
}
