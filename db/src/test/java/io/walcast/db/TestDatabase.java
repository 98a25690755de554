package io.walcast.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A migrated database of a test's own on the embedded server that all tests of this JVM share.
 *
 * <p>The server starts at first use, on a free port, and ends with the JVM, even a killed one; what it keeps lies under
 * {@code target}. Its settings are those of production: durable, and with logical decoding. It asks for no password, so
 * that tests may also log in as {@code walcast_app} and {@code walcast_relay}.
 */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "test_" + COUNT.incrementAndGet();

    private TestDatabase() {
        Server.JDBC
                .sql("create database %s template %s".formatted(name, Server.TEMPLATE))
                .update();
    }

    /** Creates an empty database with the current schema. */
    public static TestDatabase create() {
        return new TestDatabase();
    }

    /** The name of the database, unique in this JVM; also good as the name of its replication slot. */
    public String name() {
        return name;
    }

    public String url() {
        return Server.EMBEDDED.url(name);
    }

    /** A superuser without a password. */
    public String username() {
        return EmbeddedServer.SUPERUSER;
    }

    /** Connections as the superuser. */
    public DataSource dataSource() {
        var source = new PGSimpleDataSource();
        source.setUrl(url());
        source.setUser(username());
        return source;
    }

    /** Drops the database with its slots and everyone connected to it. */
    @Override
    public void close() {
        Server.JDBC.sql("""
                select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where database = ? and active
                """).param(name).query((row, number) -> true).list();
        Server.JDBC
                .sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?")
                .param(name)
                .query((row, number) -> true)
                .list();
        Server.JDBC.sql("drop database %s with (force)".formatted(name)).update();
    }

    private static final class Server {
        private static final String TEMPLATE = "walcast";
        private static final EmbeddedServer EMBEDDED = start();
        private static final JdbcClient JDBC = JdbcClient.create(EMBEDDED.superuserOf("postgres"));

        private static EmbeddedServer start() {
            var target = Path.of("target", "postgres").toAbsolutePath();
            var home = target.resolve("of-" + ProcessHandle.current().pid());
            var directory = DataDirectory.claim(home);
            var server = new EmbeddedServer(
                    directory,
                    PostgresPrograms.in(target.resolve("programs")),
                    Map.of(
                            "hba_file", trustEveryone(home).toString(),
                            "max_connections", "300",
                            "max_replication_slots", "50",
                            "max_wal_senders", "50"));
            server.start();
            endWithThisProcess(server, home);
            server.provide(TEMPLATE);
            Flyway.configure().dataSource(server.superuserOf(TEMPLATE)).load().migrate();
            return server;
        }

        private static Path trustEveryone(Path home) {
            try {
                return Files.writeString(home.resolve("trust.conf"), """
                        host all         all 127.0.0.1/32 trust
                        host replication all 127.0.0.1/32 trust
                        """);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** No hook of a JVM runs when it is killed, but its pipes are closed: a shell waits at the end of one. */
        private static void endWithThisProcess(EmbeddedServer server, Path home) {
            var shell = Path.of("/bin/sh");
            if (Files.notExists(shell)) {
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                return;
            }
            var postmaster = server.postmaster().orElseThrow().pid();
            try {
                new ProcessBuilder(shell.toString(), "-c", """
                        trap '' HUP INT TERM
                        cat
                        kill -QUIT "$1"
                        while kill -0 "$1" 2>&-; do sleep 0.1; done
                        rm -rf "$2"
                        """, "watchdog", Long.toString(postmaster), home.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
