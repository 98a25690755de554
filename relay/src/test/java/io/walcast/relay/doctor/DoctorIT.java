package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.db.PgBouncer;
import io.walcast.db.TestDatabase;
import io.walcast.relay.RelayProcess;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A good database, and one defect of a database, a schema or a login after the other. */
class DoctorIT {

    private TestDatabase database;
    private JdbcClient jdbc;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        jdbc = JdbcClient.create(database.dataSource());
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void findsAGoodServerGoodAndLeavesNoTrace() {
        Visit visit = visit();

        assertThat(visit.complaints()).as(visit.output()).isEmpty();
        assertThat(visit.remedies()).isEmpty();
        assertThat(visit.exitCode()).isZero();
        assertThat(visit.error()).isEmpty();
        assertThat(visit.lines().stream().filter(line -> line.startsWith("ok"))).hasSizeGreaterThan(12);
        assertThat(count("select count(*) from relay_slots")).isZero();
        assertThat(count("select count(*) from pg_replication_slots where slot_name = '" + database.name() + "'"))
                .isZero();
    }

    @Test
    void readsTheVersionOfTheSchemaAsItsOwner() {
        Visit visit = visitAs(database.username());
        assertThat(visit.lines()).anyMatch(line -> line.matches("ok +schema +version \\d+"));

        execute("delete from flyway_schema_history where version::int > 12");
        visit = visitAs(database.username());
        assertThat(visit.exitCode()).isEqualTo(1);
        assertThat(visit.remedy("missing", "schema", "is of version 11")).contains("start walcast.jar");

        execute("insert into flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                + " execution_time, success) values (999, '999', 'later', 'SQL', 'V999__later.sql', 'me', 0, true)");
        visit = visitAs(database.username());
        assertThat(visit.exitCode()).isZero();
        assertThat(visit.remedy("warning", "schema", "is of version 999")).contains("run the relay of the version");
    }

    @Test
    void seesThatTheSchemaIsAbsentOrOld() {
        execute("drop function append_canary(jsonb)");
        execute("alter table relay_slots drop column sweep_reason");
        Visit visit = visit();
        assertThat(visit.exitCode()).isEqualTo(1);
        assertThat(visit.remedy("missing", "privileges", "append_canary(jsonb), relay_slots"))
                .contains("start walcast.jar");

        execute("drop publication walcast");
        execute("drop schema public cascade");
        execute("create schema public");
        execute("grant usage on schema public to public");
        visit = visit();
        assertThat(visit.exitCode()).isEqualTo(1);
        assertThat(visit.remedy("missing", "schema", "there is no table public.outbox"))
                .contains("start walcast.jar");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            drop publication walcast                                     | missing | there is no publication walcast
            alter publication walcast set (publish = 'update')           | missing | does not publish inserts
            alter publication walcast set (publish = 'insert, delete')   | warning | publishes more than inserts
            alter publication walcast drop table outbox                  | missing | does not contain table outbox
            alter publication walcast set table outbox (id, topic)       | missing | lacks columns of table outbox
            alter publication walcast set table outbox where (id > 1000) | missing | has a row filter
            alter publication walcast add table messages                 | warning | publishes 1 more tables
            revoke update (published_at) on outbox from walcast_relay    | missing | lacks a privilege on outbox
            revoke select (seq) on messages from walcast_relay           | missing | lacks a privilege on messages
            revoke insert on ops_audit from walcast_relay                | missing | lacks a privilege on ops_audit
            revoke execute on function redrive_outbox from walcast_relay | missing | privilege on redrive_outbox(bigint)
            grant insert, select on messages to public                   | warning | public may write 1 of Walcast's tables
            grant execute on function redrive_outbox to public           | warning | public may write 1 of Walcast's tables
            alter sequence outbox_id_seq cache 20                        | missing | hands out ids in another order
            revoke usage on schema public from public                    | missing | this login no schema
            alter role walcast_relay in database DB set default_transaction_read_only = on | missing | is read-only for this login
            alter role walcast_relay in database DB set search_path = pg_catalog | missing | this login schema pg_catalog
            alter database DB set default_transaction_read_only = on     | missing | is read-only for this login
            alter database DB set synchronous_commit = off               | warning | synchronous_commit is off
            select pg_create_physical_replication_slot('DB')             | missing | is a physical one
            select pg_create_logical_replication_slot('DB', 'pgoutput', twophase => true) | missing | of two phases
            """)
    void saysWhatMendsADefect(String defect, String severity, String fact) {
        execute(defect.replace("DB", database.name()));

        Visit visit = visit();
        assertThat(visit.exitCode()).as(visit.output()).isEqualTo(severity.equals("missing") ? 1 : 0);
        Visit.type(visit.remedy(severity, fact), database.dataSource());

        Visit again = visit();
        assertThat(again.complaints()).as(again.output()).isEmpty();
        assertThat(again.exitCode()).isZero();
    }

    @Test
    void leadsALoginWithNothingToWhereItMayDoAll() {
        JdbcClient.create(database.dataSource())
                .sql("create role newcomer login connection limit 3")
                .update();
        try {
            Visit visit = visitAs("newcomer");
            assertThat(visit.exitCode()).isEqualTo(1);
            assertThat(visit.remedy("missing", "replication", "may not replicate"))
                    .isEqualTo("alter role newcomer replication;");
            assertThat(visit.remedy("missing", "privileges", "no member of walcast_relay"))
                    .isEqualTo("grant walcast_relay to newcomer;");
            assertThat(visit.remedy("warning", "room", "may have 3 connections"))
                    .isEqualTo("alter role newcomer connection limit -1;");
            visit.remedies().forEach(remedy -> Visit.type(remedy, database.dataSource()));

            Visit again = visitAs("newcomer");
            assertThat(again.complaints()).as(again.output()).isEmpty();
            assertThat(again.exitCode()).isZero();

            execute("alter table outbox enable row level security");
            Visit hidden = visitAs("newcomer");
            assertThat(hidden.remedy("missing", "privileges", "row security applies to the login in outbox"))
                    .isEqualTo("alter role newcomer bypassrls;");
            hidden.remedies().forEach(remedy -> Visit.type(remedy, database.dataSource()));
            assertThat(visitAs("newcomer").complaints()).isEmpty();
        } finally {
            execute("drop role newcomer");
        }
    }

    @Test
    void tellsARelayFromAStrangerAtTheSlot() throws Exception {
        execute("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        assertThat(visit().lines()).anyMatch(line -> line.startsWith("ok") && line.endsWith("waits for its relay"));

        try (var stranger = Stranger.at(database)) {
            Visit visit = visit();
            assertThat(visit.exitCode()).as(visit.output()).isZero();
            Visit.type(visit.remedy("warning", "slot", "read by somebody who is no relay"), database.dataSource());
            stranger.awaitEnd();
        }
        assertThat(visit().complaints()).isEmpty();

        try (var relay = RelayProcess.start(database)) {
            Visit visit = visit();
            assertThat(visit.complaints()).as(visit.output()).isEmpty();
            assertThat(visit.output()).contains("is read by a relay: this one will stand by");
            assertThat(relay.status().restarts()).isZero();
        }
    }

    @Test
    void seesAPoolerInBetween() throws IOException {
        try (var pooler = PgBouncer.before(database)) {
            Visit visit = Visit.to(pooler.url(), "walcast_relay", "--walcast.relay.slot=" + database.name());
            assertThat(visit.exitCode()).isEqualTo(1);
            assertThat(visit.remedy("missing", "replication", "needs a direct connection"))
                    .isEqualTo("set walcast.relay.database.url to the server itself, posts may go through a pooler");
            assertThat(visit.complaints()).as(visit.output()).hasSize(1);
            assertThat(visitAs("walcast_relay").complaints())
                    .as("no setting stays on a backend")
                    .isEmpty();

            assertThat(Visit.to(
                                    pooler.url(),
                                    "walcast_relay",
                                    "--walcast.relay.slot=" + database.name(),
                                    "--walcast.relay.database.url=" + database.url())
                            .exitCode())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"SQL_ASCII", "LATIN1"})
    void seesAnEncodingThatHasNoPlaceForEverything(String encoding) {
        String name = database.name() + "_" + encoding.toLowerCase(Locale.ROOT);
        execute("create database " + name + " encoding '" + encoding
                + "' lc_collate 'C' lc_ctype 'C' template template0");
        try {
            Visit visit = Visit.to(database.url().replace(database.name(), name), database.username());
            assertThat(visit.exitCode()).isEqualTo(1);
            assertThat(visit.remedy("missing", "is encoded in " + encoding))
                    .isEqualTo("set spring.datasource.url to one that was created with encoding UTF8");
        } finally {
            execute("drop database " + name);
        }
    }

    @Test
    void seesAUrlThatLeavesOpenWhichServer() {
        Visit visit = Visit.to(database.url().replace("//", "//localhost:1,"), "walcast_relay");
        assertThat(visit.exitCode()).isEqualTo(1);
        assertThat(visit.remedy("missing", "url", "names several servers"))
                .isEqualTo("add targetServerType=primary to it");
    }

    private Visit visit() {
        return visitAs("walcast_relay");
    }

    private Visit visitAs(String login) {
        return Visit.to(database.url(), login, "--walcast.relay.slot=" + database.name());
    }

    private void execute(String sql) {
        Visit.execute(database.dataSource(), sql);
    }

    private long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}
