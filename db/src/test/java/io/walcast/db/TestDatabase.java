package io.walcast.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * A migrated database of a test's own on the embedded server that all tests of this JVM share.
 *
 * <p>The server starts at first use, on a free port and in a temporary directory, and stops with the JVM. Its settings
 * are those of production: durable, and with logical decoding.
 */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "test_" + COUNT.incrementAndGet();

    private TestDatabase() {
        execute("create database " + name);
        Flyway.configure().dataSource(dataSource()).load().migrate();
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
        return "jdbc:postgresql://localhost:" + Server.POSTGRES.getPort() + "/" + name;
    }

    /** A superuser without a password. */
    public String username() {
        return "postgres";
    }

    public DataSource dataSource() {
        return Server.POSTGRES.getDatabase(username(), name);
    }

    /** Drops the database with its slots and everyone connected to it. */
    @Override
    public void close() {
        execute("select pg_terminate_backend(active_pid) from pg_replication_slots where database = '" + name
                + "' and active");
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '" + name + "'");
        execute("drop database " + name + " with (force)");
    }

    private static void execute(String sql) {
        try (var connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("could not run: " + sql, e);
        }
    }

    private static final class Server {
        private static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("wal_level", "logical")
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_replication_slots", "50")
                        .setServerConfig("max_wal_senders", "50")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("the embedded PostgreSQL did not start", e);
            }
        }
    }
}
