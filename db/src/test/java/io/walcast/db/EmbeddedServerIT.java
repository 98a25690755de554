package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walcast.startup.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class EmbeddedServerIT {

    @TempDir
    Path home;

    private DataDirectory directory;

    @BeforeEach
    void claim() {
        directory = DataDirectory.claim(home);
    }

    @AfterEach
    void release() {
        directory.close();
    }

    @Test
    void isDurableOnLoopbackAndDecodesTheWal() {
        try (var server = started(Map.of())) {
            var jdbc = JdbcClient.create(server.superuserOf("postgres"));

            assertThat(jdbc.sql("""
                            select name || '=' || setting from pg_settings
                            where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level',
                                           'listen_addresses', 'unix_socket_directories')
                            """).query(String.class).list())
                    .containsExactlyInAnyOrder(
                            "fsync=on",
                            "synchronous_commit=on",
                            "full_page_writes=on",
                            "wal_level=logical",
                            "listen_addresses=127.0.0.1",
                            "unix_socket_directories=");
        }
        assertThat(server(Map.of()).postmaster()).isEmpty();
    }

    @Test
    void keepsThePasswordOutOfLogsStatementsAndArguments() throws Exception {
        try (var server = started(Map.of("log_statement", "all", "log_min_duration_statement", "0"))) {
            server.provide("walcast");

            assertThat(Files.readString(directory.log()))
                    .contains("alter role walcast_app login", "SCRAM-SHA-256")
                    .doesNotContain(directory.password());
            assertThat(ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
                    .noneMatch(line -> line.contains(directory.password()));
        }
    }

    @Test
    void providesTheModulesRolesAndLetsNobodyInWithoutThePassword() throws SQLException {
        try (var server = started(Map.of())) {
            server.provide("walcast");
            server.provide("walcast");

            for (var role : new String[] {"walcast_app", "walcast_relay"}) {
                DriverManager.getConnection(server.url("walcast"), role, directory.password())
                        .close();
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(server.url("walcast"), "postgres", "guessed"))
                    .withMessageContaining("password authentication failed");
        }
    }

    @Test
    void startsAfterACrashOfTheMachineThoughTheProcessIdIsSomeoneElsesNow() throws IOException {
        started(Map.of()).close();
        Files.writeString(
                directory.data().resolve("postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.data());

        try (var server = started(Map.of())) {
            assertThat(server.postmaster()).isPresent();
        }
    }

    @Test
    void startsAfterACreationThatWasCutShort() throws IOException {
        Files.createDirectories(directory.unfinishedData());
        Files.createFile(directory.unfinishedData().resolve("PG_VERSION"));

        started(Map.of()).close();
    }

    @Test
    void givesTheReasonWhenItDoesNotStart() {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> started(Map.of("shared_buffers", "plenty")))
                .withMessageContaining("invalid value for parameter \"shared_buffers\": \"plenty\"")
                .withMessageContaining(directory.log().toString());
    }

    private EmbeddedServer started(Map<String, String> settings) {
        var server = server(settings);
        server.start();
        return server;
    }

    private EmbeddedServer server(Map<String, String> settings) {
        return new EmbeddedServer(directory, PostgresPrograms.in(Path.of("target", "postgres", "programs")), settings);
    }
}
