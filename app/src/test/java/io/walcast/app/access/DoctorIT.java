package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.Walcast;
import io.walcast.db.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process of all roles examines the server of its relay, and starts nothing. */
class DoctorIT {

    @TempDir
    Path directory;

    @Test
    void examinesTheServerOfTheRelayAndNoEmbeddedOne() throws Exception {
        try (var database = TestDatabase.create()) {
            assertThat(examine(
                            "--spring.datasource.url=" + database.url(),
                            "--spring.datasource.username=walcast_app",
                            "--walcast.relay.database.username=walcast_relay",
                            "--walcast.relay.slot=" + database.name()))
                    .as(output())
                    .isZero();
            assertThat(output()).contains("Everything that is needed is there.");
        }
        assertThat(examine()).isEqualTo(2);
        assertThat(output()).contains("Walcast could not ask: no server is named, and");
        assertThat(directory.resolve(".walcast")).doesNotExist();
    }

    private int examine(String... more) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Walcast.class.getName(),
                "--doctor"));
        command.addAll(Arrays.asList(more));
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }
}
