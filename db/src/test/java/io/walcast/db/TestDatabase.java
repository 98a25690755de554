package io.walcast.db;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A migrated database of a test's own on the server that all tests of this JVM share: an embedded one, or with {@code
 * -Dwalcast.test.database=testcontainers} one in a container.
 *
 * <p>The server starts at first use, on a free port, and ends with the JVM; an embedded one even with a killed one, and
 * what it keeps lies under {@code target}. Its settings are those of production: durable, and with logical decoding. It asks for no password, so
 * that tests may also log in as {@code walcast_app} and {@code walcast_relay}.
 */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "test_" + COUNT.incrementAndGet();
    private final SharedServer server;

    private TestDatabase(SharedServer server) {
        this.server = server;
    }

    /** Creates an empty database with the current schema. */
    public static TestDatabase create() {
        var database = new TestDatabase(Server.RUNNING);
        Server.JDBC
                .sql("create database %s template %s".formatted(database.name, Server.TEMPLATE))
                .update();
        return database;
    }

    /** Creates an empty database with the current schema on a server of the test's own. */
    public static TestDatabase on(TestServer server) {
        var database = new TestDatabase(server);
        server.provide(database.name);
        Flyway.configure().dataSource(database.dataSource()).load().migrate();
        return database;
    }

    /** The name of the database, unique in this JVM; also good as the name of its replication slot. */
    public String name() {
        return name;
    }

    public String url() {
        return server.url(name);
    }

    /** A superuser without a password. */
    public String username() {
        return server.superuser();
    }

    /** Connections as the superuser. */
    public DataSource dataSource() {
        return server.superuserOf(name);
    }

    /** Drops the database with its slots and everyone connected to it. */
    @Override
    public void close() {
        var jdbc = JdbcClient.create(server.superuserOf("postgres"));
        jdbc.sql("""
                select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where database = ? and active
                """).param(name).query((row, number) -> true).list();
        jdbc.sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?")
                .param(name)
                .query((row, number) -> true)
                .list();
        jdbc.sql("drop database %s with (force)".formatted(name)).update();
    }

    private static final class Server {
        private static final String TEMPLATE = "walcast";
        private static final Map<String, String> SETTINGS = Map.of(
                "max_connections", "300",
                "max_replication_slots", "50",
                "max_wal_senders", "50");
        private static final SharedServer RUNNING = start();
        private static final JdbcClient JDBC = JdbcClient.create(RUNNING.superuserOf("postgres"));

        private static SharedServer start() {
            String kind = System.getProperty("walcast.test.database", "embedded");
            SharedServer server = switch (kind) {
                case "embedded" -> embedded();
                case "testcontainers" -> contained();
                default ->
                    throw new IllegalArgumentException(
                            "walcast.test.database is \"" + kind + "\"; set it to embedded or testcontainers");
            };
            Flyway.configure().dataSource(server.superuserOf(TEMPLATE)).load().migrate();
            return server;
        }

        private static SharedServer embedded() {
            var server = TestServer.create(SETTINGS);
            server.provide(TEMPLATE);
            return server;
        }

        private static SharedServer contained() {
            var server = ContainerServer.start(SETTINGS);
            JdbcClient.create(server.superuserOf("postgres"))
                    .sql("create database " + TEMPLATE)
                    .update();
            return server;
        }
    }
}
