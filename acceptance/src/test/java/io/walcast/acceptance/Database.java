package io.walcast.acceptance;

import io.walcast.db.TestServer;
import io.walcast.db.TestServer.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The PostgreSQL below a Walcast under trial: it can be broken, and it knows the truth.
 *
 * <p>Walcast logs in there with the rights that its modules need and no more, as it should in production.
 */
public final class Database implements AutoCloseable {

    private static final String NAME = "walcast";
    private static final String SLOT = "walcast";

    private final TestServer server;
    private final JdbcClient jdbc;

    private Database(TestServer server) {
        this.server = server;
        this.jdbc = JdbcClient.create(server.superuserOf(NAME));
    }

    /** Starts an empty server; the settings add to PostgreSQL's own. */
    public static Database start(Map<String, String> settings) {
        var server = TestServer.create(settings);
        server.provide(NAME);
        return new Database(server);
    }

    /** The configuration that makes Walcast use this server, through some port that leads to it. */
    Map<String, String> properties(int port) {
        var properties = new HashMap<String, String>();
        properties.put("spring.datasource.url", url(port));
        properties.put("spring.datasource.username", "walcast_app");
        properties.put("spring.flyway.url", url(server.port()));
        properties.put("spring.flyway.user", server.superuser());
        properties.put("walcast.relay.database.url", url(port));
        properties.put("walcast.relay.database.username", "walcast_relay");
        return properties;
    }

    /** The configuration of a relay that runs alone: it has no right to anything but its work. */
    Map<String, String> relayProperties(int port) {
        var properties = new HashMap<String, String>();
        properties.put("spring.datasource.url", url(port));
        properties.put("spring.datasource.username", "walcast_relay");
        return properties;
    }

    // Without encryption, so that a proxy can tell a replication connection by its first bytes.
    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable".formatted(port, NAME);
    }

    public int port() {
        return server.port();
    }

    /** As {@link #sql()}, on one connection until this is closed: for many statements a second. */
    public SingleConnectionDataSource connection() throws SQLException {
        return new SingleConnectionDataSource(server.superuserOf(NAME).getConnection(), true);
    }

    /** SQL as the superuser. */
    public JdbcClient sql() {
        return jdbc;
    }

    public void stop(StopMode mode) {
        server.stop(mode);
    }

    public void start() {
        server.start();
    }

    /** The process of PostgreSQL that serves the relay's slot; it must be there. */
    public long walsender() {
        return jdbc.sql("select active_pid from pg_replication_slots where slot_name = ? and active")
                .param(SLOT)
                .query(Long.class)
                .single();
    }

    public void terminateWalsender() {
        jdbc.sql("select pg_terminate_backend(?::int)")
                .param(walsender())
                .query()
                .singleRow();
    }

    /** The backends that are creating the slot of a relay. */
    public List<Long> slotMakers() {
        return jdbc.sql("select pid from pg_stat_activity where application_name = 'walcast slot'")
                .query(Long.class)
                .list();
    }

    /** Drops the slot, ending who holds it. */
    public void dropSlot() {
        jdbc.sql("""
                do $$
                begin
                    perform pg_terminate_backend(active_pid, 5000)
                    from pg_replication_slots where slot_name = 'walcast' and active;
                    perform pg_drop_replication_slot('walcast');
                end
                $$
                """).update();
    }

    /** Drops the slot, ending who holds it, and makes another one of its name at once. */
    public void makeSlotByHand() {
        jdbc.sql("""
                do $$
                begin
                    perform pg_terminate_backend(active_pid, 5000)
                    from pg_replication_slots where slot_name = 'walcast' and active;
                    perform pg_drop_replication_slot('walcast');
                    perform pg_create_logical_replication_slot('walcast', 'pgoutput');
                end
                $$
                """).update();
    }

    /** Lets nobody at the outbox until it is closed. */
    public Transaction lockOutbox() {
        return transaction("a migration", "lock table outbox");
    }

    /** Writes WAL that is nobody's, and lets PostgreSQL look at what it may remove. Waits for walsenders that hang. */
    public void writeWalAndCheckpoint(int megabytes) {
        jdbc.sql("select pg_logical_emit_message(false, 'noise', repeat('x', 1048576)) from generate_series(1, ?)")
                .param(megabytes)
                .query()
                .listOfRows();
        jdbc.sql("checkpoint").update();
    }

    /** Whether a checkpoint waits for a walsender to give its slot up, so that it can be invalidated. */
    public boolean invalidatesSlot() {
        return jdbc.sql("""
                select exists (select from pg_stat_activity
                               where backend_type = 'checkpointer' and wait_event = 'ReplicationSlotDrop')
                """).query(Boolean.class).single();
    }

    /** Appends a row as a producer might that knows nothing of our payloads. */
    public void append(String topic, String eventKey, String payload) {
        jdbc.sql("insert into outbox (topic, event_key, payload) values (?, ?, ?::jsonb)")
                .params(topic, eventKey, payload)
                .update();
    }

    /** Begins a transaction that runs this statement, keeps its locks, and does nothing until it is closed. */
    public Transaction holding(String statement) {
        try {
            var connection = server.superuserOf(NAME).getConnection();
            connection.setAutoCommit(false);
            try (var locking = connection.createStatement()) {
                locking.execute(statement);
            }
            return undoneAtTheEnd(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many processes PostgreSQL has for a login. */
    public long backendsOf(String login) {
        return jdbc.sql("select count(*) from pg_stat_activity where usename = ?")
                .param(login)
                .query(Long.class)
                .single();
    }

    /** Sets one of PostgreSQL's settings while it runs; null resets it. */
    public void set(String name, @Nullable String value) {
        server.set(name, value);
    }

    /** Begins a transaction of an application of this name, which writes something and then does nothing until it is closed. */
    public Transaction transaction(String application) {
        return transaction(application, "select pg_current_xact_id()");
    }

    private Transaction transaction(String application, String work) {
        try {
            var connection = server.superuserOf(NAME).getConnection();
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("set application_name = '" + application + "'");
                statement.execute(work);
            }
            return undoneAtTheEnd(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Transaction undoneAtTheEnd(Connection connection) {
        return () -> {
            try (connection) {
                connection.rollback();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /** Rows that are neither published nor parked, without canaries: a relay writes these at any time. */
    public long unmarked() {
        return jdbc.sql("""
                select count(*) from outbox
                where published_at is null and topic <> 'walcast.canary'
                  and not exists (select from outbox_parked where outbox_id = id)
                """).query(Long.class).single();
    }

    public long parked() {
        return jdbc.sql("select count(*) from outbox_parked").query(Long.class).single();
    }

    /** Rows that were committed but not yet marked at that time, which must be past. */
    long inFlight(Instant when) {
        return jdbc.sql("""
                select count(*) from outbox where created_at <= :t and (published_at is null or published_at > :t)
                """)
                .param("t", when.atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
    }

    /** Every message that is stored, in no order. */
    List<Stored> messages() {
        return jdbc.sql("select conversation_id as conversation, seq, id from messages")
                .query(Stored.class)
                .list();
    }

    record Stored(UUID conversation, long seq, UUID id) {}

    /** One that is open until it is closed, and then undone. */
    @FunctionalInterface
    public interface Transaction extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void close() {
        server.close();
    }
}
