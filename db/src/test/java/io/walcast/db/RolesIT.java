package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What the two roles of the modules may do, and what not. */
class RolesIT {

    private static final String POST = """
            with c as (insert into conversations (id, title) values (gen_random_uuid(), 'a title') returning id),
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
        runAs("walcast_app", "update members set role = 'owner', version = 1, read_seq = 1");
        runAs("walcast_app", "delete from members");
    }

    @Test
    void theAppChangesMessagesThroughFunctions() throws SQLException {
        runAs("walcast_app", "select create_conversation(gen_random_uuid(), 'a title', 'u1', '{u1,u2}', '{}')");
        runAs("walcast_app", "select log_event(id, 'messaging.conversation_changed', null, 0) from conversations");
        runAs("walcast_app", "update conversations set title = 'another', version = 3");
        runAs("walcast_app", "select edit_message(gen_random_uuid(), 'u1', 'hello', null, '{}')");
        runAs("walcast_app", "select delete_message(gen_random_uuid(), 'u1', '{}')");
        runAs("walcast_app", "select set_reaction(gen_random_uuid(), 'u1', '+', true, '{}')");
        runAs("walcast_app", "select p.* from conversations c, log_page(c.id, 0, 0, 10, 1000) p");
        runAs(
                "walcast_app",
                "select * from reactions, reaction_states, conversation_events, own_states, former_members");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update outbox set published_at = now()",
                "update outbox set payload = '{}'",
                "delete from outbox",
                "truncate outbox",
                "insert into outbox (id, topic, event_key, payload) values (1, '', '', '{}')",
                "insert into outbox (topic, event_key, payload, published_at) values ('', '', '{}', now())",
                "select payload from outbox",
                "select topic from outbox",
                "select * from outbox",
                "insert into conversations (id, last_seq) values (gen_random_uuid(), 7)",
                "update conversations set events = 7",
                "delete from conversations",
                "update members set user_id = 'me'",
                "update members set conversation_id = gen_random_uuid()",
                "insert into conversation_events (conversation_id, pos, number) values (gen_random_uuid(), 1, 1)",
                "update conversation_events set topic = null",
                "delete from conversation_events",
                "insert into reactions values (gen_random_uuid(), '+', 'me')",
                "delete from reactions",
                "update reaction_states set kinds = '[]'",
                "update messages set deleted_at = null",
                "select scrub_outbox('{1}')",
                "select supersede_event(gen_random_uuid(), 1, 't', 's')",
                "select append_message_event(gen_random_uuid(), 'messaging.message_edited', '{}')",
                "select remove_content(m, '{}') from messages m",
                "select append_event(gen_random_uuid(), 't', 's', '{}')",
                "update own_states set payload = '{}'",
                "select erase_message(gen_random_uuid())",
                "select erase_messages('{}')",
                "select erase_messages_of('u1', 1)",
                "select erase_messages_before(gen_random_uuid(), now(), 1)",
                "update messages set content = ''",
                "delete from messages",
                "truncate messages cascade",
                "select * from outbox_parked",
                "insert into outbox_parked (outbox_id) values (1)",
                "select * from relay_slots",
                "update relay_slots set low_water_id = 0",
                "select redrive_outbox(1)",
                "select delete_published_outbox(1, 2, now())",
                "select unsettled_outbox(1, 2)",
                "select sweep_page(1, 2, 3, 4)",
                "select append_canary('{}')",
                "select pg_create_logical_replication_slot('mine', 'pgoutput')",
                "drop publication walcast",
                "create table mine ()",
                "alter table outbox disable trigger all",
                "select * from ops_audit",
                "insert into ops_audit (who, action, subject) values ('ops', 'sweep', 'walcast')",
                "select rolpassword from pg_authid",
                "select pg_read_file('/etc/passwd')",
                "copy messages to program 'cat'",
                "create role mine superuser",
                "alter role walcast_app replication",
                "set session_replication_role = replica",
                "set role walcast_relay"
            })
    void theAppMayDoNoMore(String sql) {
        assertDenied("walcast_app", sql);
    }

    /** Settings of a role are those of one database, and a copy of that has none. */
    @Test
    void theAppHasSettingsOfItsOwnInTheDatabaseThatWasMigrated() throws SQLException {
        try (var server = TestServer.create(Map.of());
                var migrated = TestDatabase.on(server);
                var connection = DriverManager.getConnection(migrated.url(), "walcast_app", "")) {
            var settings = JdbcClient.create(new SingleConnectionDataSource(connection, true))
                    .sql("""
                    select concat_ws(' ', current_setting('lock_timeout'), current_setting('jit'),
                                     current_setting('enable_nestloop'), current_setting('enable_indexscan'),
                                     current_setting('enable_sort'),
                                     current_setting('log_parameter_max_length_on_error'),
                                     current_setting('log_parameter_max_length'))
                    """)
                    .query(String.class)
                    .single();
            assertThat(settings).isEqualTo("2s off on on on 0 0");
        }
    }

    @Test
    void theRelayReadsTheWalAndMarks() throws SQLException {
        runAs("walcast_app", POST);
        runAs(
                "walcast_relay",
                "select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(database.name()));
        runAs("walcast_relay", """
                select o.*, m.content, c.last_seq
                from outbox o join messages m on m.outbox_id = o.id join conversations c on c.id = m.conversation_id
                where exists (select from members where conversation_id = c.id and user_id = 'u1')
                """);
        runAs("walcast_relay", "select p.* from conversations c, log_page(c.id, 0, 0, 10, 1000) p");
        runAs("walcast_relay", "update outbox set published_at = now(), attempts = attempts + 1, last_error = null");
        runAs("walcast_relay", "insert into outbox_parked (outbox_id) select id from outbox");
        runAs("walcast_relay", "insert into relay_slots (slot_name) values ('walcast')");
        runAs("walcast_relay", "select redrive_outbox(0)");
        runAs("walcast_relay", "select * from unsettled_outbox(1, 1000)");
        runAs("walcast_relay", "select * from sweep_page(1, 1000, 10, 1000)");
        runAs("walcast_relay", "select delete_published_outbox(1, 1000, now() - interval '1 day')");
        runAs("walcast_relay", "select append_canary('{\"sent\": 1}')");
        runAs("walcast_relay", "insert into ops_audit (who, action, subject) values ('ops', 'sweep', 'walcast')");
        runAs("walcast_relay", "update ops_audit set outcome = 'done' where id > 0");
        runAs("walcast_relay", "select application_name, backend_xid, query from pg_stat_activity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update outbox set payload = '{}'",
                "update outbox set topic = 'messaging.member_added'",
                "insert into outbox (topic, event_key, payload) values ('messaging.member_added', '', '{}')",
                "delete from outbox",
                "truncate outbox cascade",
                "update outbox_parked set parked_at = now()",
                "delete from outbox_parked",
                "delete from relay_slots",
                "update ops_audit set who = 'nobody'",
                "delete from ops_audit",
                "truncate ops_audit",
                "insert into messages (seq) values (1)",
                "update messages set outbox_id = 1",
                "delete from messages",
                "select idempotency_key from messages",
                "update conversations set last_seq = 0",
                "update conversations set title = 'mine'",
                "delete from conversations",
                "insert into members (conversation_id, user_id) values (gen_random_uuid(), 'me')",
                "update members set role = 'owner'",
                "select joined_at from members",
                "update members set read_seq = 0",
                "insert into former_members values (gen_random_uuid(), 'me', 1, pg_current_xact_id())",
                "select * from reactions",
                "select posted_digest from messages",
                "select log_event(gen_random_uuid(), 'messaging.member_added', 'me', 0)",
                "select create_conversation(gen_random_uuid(), null, 'me', '{me}', '{}')",
                "select edit_message(gen_random_uuid(), 'me', 'mine', null, '{}')",
                "select delete_message(gen_random_uuid(), 'me', '{}')",
                "select set_reaction(gen_random_uuid(), 'me', '+', true, '{}')",
                "select erase_message(gen_random_uuid())",
                "delete from members",
                "alter publication walcast add table messages",
                "create table mine ()",
                "select rolpassword from pg_authid",
                "select pg_read_file('/etc/passwd')",
                "copy messages to program 'cat'",
                "create role mine superuser",
                "set session_replication_role = replica",
                "set role walcast_app"
            })
    void theRelayMayDoNoMore(String sql) {
        assertDenied("walcast_relay", sql);
    }

    /** A function of the owner runs with the owner's rights: what it names must not be anyone else's. */
    @Test
    void noTemporaryTableTakesThePlaceOfTheOutbox() throws SQLException {
        try (var connection = DriverManager.getConnection(database.url(), "walcast_relay", "");
                var statement = connection.createStatement()) {
            statement.execute("create temporary table outbox (id bigint default 0, topic text, event_key text,"
                    + " payload jsonb, headers jsonb)");
            statement.execute("select append_canary(null)");
            try (var mine = statement.executeQuery("select count(*) from pg_temp.outbox")) {
                assertThat(mine.next()).isTrue();
                assertThat(mine.getInt(1)).isZero();
            }
            try (var canary = statement.executeQuery(
                    "select event_key, payload, headers from public.outbox where topic = 'walcast.canary' order by id desc")) {
                assertThat(canary.next()).isTrue();
                assertThat(canary.getString("event_key")).isEqualTo("canary");
                assertThat(canary.getString("payload")).isEqualTo("{}");
                assertThat(canary.getString("headers")).isEqualTo("{}");
            }
        }
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
