package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two roles of the modules may do, and what not. */
class RolesIT {

    private static final String POST = """
            with c as (insert into conversations (id, last_seq) values (gen_random_uuid(), 1) returning id),
                 m as (insert into members (conversation_id, user_id) select id, 'u1' from c),
                 o as (insert into outbox (topic, event_key, payload) select 'a topic', id::text, '{}' from c returning id)
            insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
            select gen_random_uuid(), c.id, 1, 'u1', 'TEXT', 'hi', now(), o.id from c, o
            """;

    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void theAppPostsAndReadsReceipts() throws SQLException {
        runAs("walcast_app", POST);
        runAs("walcast_app", "update conversations set last_seq = last_seq + 1, updated_at = now()");
        runAs("walcast_app", "select id, published_at, attempts, last_error from outbox");
        runAs("walcast_app", "delete from members");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update outbox set published_at = now()",
                "delete from outbox",
                "select payload from outbox",
                "update messages set content = ''",
                "delete from messages",
                "select * from relay_slots",
                "create table mine ()"
            })
    void theAppMayDoNoMore(String sql) {
        assertDenied("walcast_app", sql);
    }

    @Test
    void theRelayReadsTheWalAndMarks() throws SQLException {
        runAs("walcast_app", POST);
        runAs(
                "walcast_relay",
                "select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(database.name()));
        runAs("walcast_relay", "select * from outbox join messages on outbox_id = outbox.id, members, conversations");
        runAs("walcast_relay", "update outbox set published_at = now(), attempts = attempts + 1, last_error = null");
        runAs("walcast_relay", "insert into outbox_parked (outbox_id) select id from outbox");
        runAs("walcast_relay", "insert into relay_slots (slot_name) values ('walcast')");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update outbox set payload = '{}'",
                "insert into messages (seq) values (1)",
                "delete from conversations",
                "create table mine ()"
            })
    void theRelayMayDoNoMore(String sql) {
        assertDenied("walcast_relay", sql);
    }

    private static void assertDenied(String role, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> runAs(role, sql))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private static void runAs(String role, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database.url(), role, "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
