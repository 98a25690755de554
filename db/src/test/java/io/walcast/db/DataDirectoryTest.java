package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walcast.startup.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void isHeldByOneAtATime() {
        var home = parent.resolve("home");
        try (var held = DataDirectory.claim(home)) {
            assertThatExceptionOfType(StartupException.class)
                    .isThrownBy(() -> DataDirectory.claim(home))
                    .withMessageContaining(
                            "another Walcast (process %d)",
                            ProcessHandle.current().pid())
                    .withMessageContaining("walcast.db.directory");
            assertThat(held.password()).as("still usable").isNotEmpty();
        }
        DataDirectory.claim(home).close();
    }

    @Test
    void keepsOnePasswordThatOnlyItsOwnerReads() throws IOException {
        String password;
        try (var directory = DataDirectory.claim(parent.resolve("home"))) {
            password = directory.password();
            assertThat(password).hasSize(32);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.passwordFile())))
                    .isEqualTo("rw-------");
        }
        try (var directory = DataDirectory.claim(parent.resolve("home"))) {
            assertThat(directory.password()).isEqualTo(password);
        }
    }

    @Test
    void saysWhatToSetWhereItCannotBe() throws IOException {
        var file = Files.createFile(parent.resolve("file"));

        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> DataDirectory.claim(file.resolve("home")))
                .withMessageContaining("cannot be used")
                .withMessageContaining("set walcast.db.directory");
    }
}
