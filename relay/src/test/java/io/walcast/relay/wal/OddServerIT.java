package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.db.TestServer;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.runtime.RelayDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A database whose settings are not those that come with PostgreSQL. */
class OddServerIT {

    private static final List<String> SETTINGS = List.of(
            "standard_conforming_strings = off",
            "backslash_quote = off",
            "bytea_output = escape",
            "datestyle = 'SQL, DMY'",
            "intervalstyle = sql_standard",
            "timezone = 'Asia/Kathmandu'",
            "extra_float_digits = -15",
            "client_min_messages = log",
            "default_transaction_isolation = serializable",
            "default_transaction_deferrable = on",
            "enable_seqscan = off",
            "enable_nestloop = off",
            "enable_sort = off",
            "enable_indexscan = off",
            "plan_cache_mode = force_generic_plan",
            "row_security = off",
            "synchronous_commit = off",
            // Shorter than what the relay's connections rest, or wait on purpose.
            "idle_session_timeout = '3s'",
            "idle_in_transaction_session_timeout = '1s'",
            "lock_timeout = '1s'",
            "statement_timeout = '5s'");

    /** PostgreSQL 17 and later. */
    private static final String TRANSACTION_TIMEOUT = """
            do $$
            begin
                execute format('alter database %I set transaction_timeout = ''1s''', current_database());
            exception
                when undefined_object then null;
            end $$
            """;

    private TestDatabase database;
    private Outbox outbox;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        var conversation = outbox.conversation();
        outbox.post(conversation, 3);
        SETTINGS.forEach(setting -> JdbcClient.create(database.dataSource())
                .sql("alter database " + database.name() + " set " + setting)
                .update());
        JdbcClient.create(database.dataSource()).sql(TRANSACTION_TIMEOUT).update();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void makesNoDifference() {
        try (var relay = RelayProcess.start(database)) {
            await().until(() -> outbox.unpublished() == 0);
            outbox.append("t", "k", "{}");
            await().until(() -> outbox.unpublished() == 0);
            // For longer than any of the limits.
            await().during(Duration.ofSeconds(7)).until(() -> relay.status().restarts() == 0);
            outbox.append("t", "k", "{}");
            await().until(() -> outbox.unpublished() == 0);

            assertThat(relay.status().state()).isEqualTo(WalStatus.State.STREAMING);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    /** A walsender decodes a transaction in one of its own, which has the same limit. */
    @Test
    void aTransactionTakesLongerToDeliverThanOneMayTake() throws SQLException {
        try (var relay = RelayProcess.start(database);
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select set_config('transaction_timeout', '0', false)"
                    + " where current_setting('transaction_timeout', true) is not null");
            statement.execute("set statement_timeout = 0");
            statement.execute("insert into outbox (topic, event_key, payload)"
                    + " select 't', 'k', '{}' from generate_series(1, 50000)");
            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    /** The slot is there when every transaction has ended that was open before. */
    @Test
    void aSlotWaitsForLongerThanALockMay() throws SQLException {
        try (var open = database.dataSource().getConnection();
                var statement = open.createStatement()) {
            statement.execute("set idle_in_transaction_session_timeout = 0");
            statement.execute("select set_config('transaction_timeout', '0', false)"
                    + " where current_setting('transaction_timeout', true) is not null");
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            try (var relay = RelayProcess.launch(database)) {
                await().during(Duration.ofSeconds(7)).until(() -> relay.status().restarts() == 0);
                open.commit();
                relay.awaitStreaming();
                await().until(() -> outbox.unpublished() == 0);
            }
        }
    }

    @Test
    void aSlotThatWaitsForAPreparedTransactionNamesIt() throws SQLException {
        try (var server = TestServer.create(Map.of("max_prepared_transactions", "1"));
                var other = TestDatabase.on(server)) {
            try (var writer = other.dataSource().getConnection();
                    var statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("select pg_current_xact_id()");
                statement.execute("prepare transaction 'left over'");
            }
            try (var relay = RelayProcess.launch(other)) {
                await().until(() -> relay.status().obstacle() == Obstacle.TRANSACTION);
                assertThat(relay.status().reason()).contains("prepared 'left over'");
                JdbcClient.create(other.dataSource())
                        .sql("rollback prepared 'left over'")
                        .update();
                relay.awaitStreaming();
            }
        }
    }

    /** Also after a network that swallows what is sent: PostgreSQL asks whether the client is there. */
    @Test
    void aStatementThatMayWaitForeverEndsSoonAfterItsClient() throws SQLException {
        try (var relay = RelayProcess.start(database);
                var connection = relay.bean(RelayDatabase.class).connectionThatEndsWithItsClient("probe")) {
            var jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            assertThat(jdbc.sql("""
                    select concat_ws(' ', current_setting('client_connection_check_interval'),
                                     current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),
                                     current_setting('tcp_keepalives_count'), current_setting('statement_timeout'))
                    """).query(String.class).single()).isEqualTo("2s 5 2 3 0");
        }
    }

    @Test
    void aCommitOfTheRelayIsOnTheDiskAndAStrongerSettingStays() {
        try (var relay = RelayProcess.start(database)) {
            assertThat(synchronousCommit(relay)).isEqualTo("local");
        }
        JdbcClient.create(database.dataSource())
                .sql("alter database " + database.name() + " set synchronous_commit = remote_apply")
                .update();
        try (var relay = RelayProcess.start(database)) {
            assertThat(synchronousCommit(relay)).isEqualTo("remote_apply");
        }
    }

    private static String synchronousCommit(RelayProcess relay) {
        return relay.bean(RelayDatabase.class)
                .jdbc()
                .sql("show synchronous_commit")
                .query(String.class)
                .single();
    }
}
