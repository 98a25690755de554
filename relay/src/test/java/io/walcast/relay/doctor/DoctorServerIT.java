package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One defect of a server after the other. */
class DoctorServerIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.create(Map.of("max_prepared_transactions", "5"));
        provide(server);
        Visit.execute(server.superuserOf("chat"), "select pg_create_physical_replication_slot('missing')");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            idle_replication_slot_timeout | 1d      | kept WAL | idle_replication_slot_timeout is 1d
            synchronized_standby_slots    | missing | standbys | names a slot that nobody reads (missing)
            synchronous_standby_names     | missing | standbys | no standby of synchronous_standby_names (missing)
            """)
    void saysWhatMendsASetting(String setting, String value, String topic, String fact) {
        server.set(setting, value);
        try {
            Visit visit = visit(server);
            assertThat(visit.exitCode()).as(visit.output()).isZero();
            Visit.type(visit.remedy("warning", topic, fact), server.superuserOf("chat"));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(visit(server).complaints()).isEmpty());
        } finally {
            server.set(setting, setting.startsWith("idle") ? "0" : "");
        }
    }

    @Test
    void namesWhatEndsATransactionThatDoesNotEnd() throws Exception {
        try (var open = server.superuserOf("chat").getConnection();
                var statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            mendTransaction("pid ");
        }
        try (var open = server.superuserOf("chat").getConnection();
                var statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            statement.execute("prepare transaction 'it''s forgotten'");
            mendTransaction("prepared transaction 'it''s forgotten'");
        }
    }

    private static void mendTransaction(String name) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(visit(server).complaints()).isNotEmpty());
        Visit.type(visit(server).remedy("warning", "transactions", name), server.superuserOf("chat"));
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(visit(server).complaints()).isEmpty());
    }

    @Test
    void readsTheLinesThatLetStrangersInWhereItMay() throws Exception {
        Path hba = Path.of(JdbcClient.create(server.superuserOf("chat"))
                .sql("show hba_file")
                .query(String.class)
                .single());
        String before = Files.readString(hba);
        Files.writeString(
                hba,
                before + "host all all 192.0.2.0/24 trust\nhost all all 2001:db8::/32 password\n"
                        + "host all all 198.51.100.0/24 scram-sha-256\n");
        try {
            Visit visit = Visit.to(server.url("chat"), server.superuser());
            assertThat(visit.remedy("warning", "pg_hba.conf", "lets logins in from 192.0.2.0 without a password"))
                    .startsWith("replace trust by scram-sha-256");
            assertThat(visit.remedy("warning", "pg_hba.conf", "2001:db8:: with a password that the network can read"))
                    .startsWith("replace password by scram-sha-256");
            assertThat(visit.complaints()).as(visit.output()).hasSize(2);

            assertThat(visit(server).complaints()).isEmpty();
        } finally {
            Files.writeString(hba, before);
        }
        assertThat(Visit.to(server.url("chat"), server.superuser()).complaints())
                .isEmpty();
    }

    @Test
    void aWrongPasswordAndAWrongDatabaseAreOneSentence() throws Exception {
        var superuser = server.superuserOf("chat");
        Visit.execute(superuser, "create role careful login password 'right'");
        Path hba = Path.of(JdbcClient.create(superuser)
                .sql("show hba_file")
                .query(String.class)
                .single());
        String before = Files.readString(hba);
        Files.writeString(hba, "host all careful 127.0.0.1/32 scram-sha-256\n" + before);
        try {
            Visit.execute(superuser, "select pg_reload_conf()");
            await().atMost(LIMIT).untilAsserted(() -> {
                Visit wrong = Visit.to(server.url("chat"), "careful", "--spring.datasource.password=mistaken");
                assertThat(wrong.exitCode()).isEqualTo(2);
                assertThat(wrong.error())
                        .contains("refused the login")
                        .contains("set walcast.relay.database.username and walcast.relay.database.password")
                        .doesNotContain("mistaken", "\tat ");
                assertThat(wrong.error().lines()).hasSize(1);
            });
            assertThat(Visit.to(server.url("chat"), "careful", "--spring.datasource.password=right")
                            .exitCode())
                    .isEqualTo(1);
        } finally {
            Files.writeString(hba, before);
            Visit.execute(superuser, "select pg_reload_conf()");
        }

        Visit nowhere = Visit.to(server.url("nowhere"), "walcast_relay");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.output()).isEmpty();
        assertThat(nowhere.error().lines()).hasSize(1);
        assertThat(nowhere.error()).contains("there is no database").contains("create it");
    }

    @Test
    void seesAServerWithoutLogicalDecodingOrRoomOrABound() {
        try (var other = TestServer.create(Map.of(
                "wal_level", "replica",
                "max_slot_wal_keep_size", "-1",
                "max_replication_slots", "1",
                "max_wal_senders", "1",
                "max_connections", "12"))) {
            provide(other);
            Visit.execute(other.superuserOf("chat"), "select pg_create_physical_replication_slot('other')");
            Visit visit = visit(other);
            assertThat(visit.exitCode()).isEqualTo(1);
            assertThat(visit.remedy("missing", "server", "runs with wal_level=replica"))
                    .isEqualTo("alter system set wal_level = 'logical'; -- and restart PostgreSQL");
            assertThat(visit.remedy("missing", "room", "no replication slots are left"))
                    .isEqualTo("alter system set max_replication_slots = 11; -- and restart PostgreSQL");
            assertThat(visit.remedy("warning", "room", "one of the walsenders is left"))
                    .isEqualTo("alter system set max_wal_senders = 11; -- and restart PostgreSQL");
            assertThat(visit.remedy("warning", "room", "a relay needs 11"))
                    .isEqualTo("alter system set max_connections = 112; -- and restart PostgreSQL");
            assertThat(visit.remedy("warning", "kept WAL", "max_slot_wal_keep_size is unset"))
                    .isEqualTo("alter system set max_slot_wal_keep_size = '20GB'; select pg_reload_conf();");

            // The server's command line, which a test sets, is stronger than what is typed: its file has it.
            visit.remedies().forEach(remedy -> Visit.type(remedy, other.superuserOf("chat")));
            assertThat(JdbcClient.create(other.superuserOf("chat"))
                            .sql("select name || '=' || setting from pg_file_settings where name is not null")
                            .query(String.class)
                            .list())
                    .contains(
                            "wal_level=logical",
                            "max_replication_slots=11",
                            "max_wal_senders=11",
                            "max_connections=112",
                            "max_slot_wal_keep_size=20GB");
        }
    }

    @Test
    void asksAStandbyNoMore() {
        try (var standby = TestServer.create(Map.of())) {
            standby.provide("chat");
            standby.becomeStandby();
            Visit visit = visit(standby);
            assertThat(visit.exitCode()).isEqualTo(1);
            assertThat(visit.remedy("missing", "database", "is a standby"))
                    .isEqualTo("set spring.datasource.url to its primary");
            assertThat(visit.complaints()).as(visit.output()).hasSize(1);
        }
    }

    @Test
    void seesThatTheSlotWasLost() {
        try (var other = TestServer.create(Map.of("max_slot_wal_keep_size", "1MB", "max_wal_size", "32MB"))) {
            provide(other);
            var superuser = other.superuserOf("chat");
            Visit.execute(superuser, "select pg_create_logical_replication_slot('walcast', 'pgoutput')");
            await().atMost(LIMIT).until(() -> {
                for (int i = 0; i < 4; i++) {
                    Visit.execute(superuser, "select pg_switch_wal() from pg_logical_emit_message(true, 'fill', '')");
                }
                Visit.execute(superuser, "checkpoint");
                return JdbcClient.create(superuser)
                        .sql("select wal_status = 'lost' from pg_replication_slots")
                        .query(Boolean.class)
                        .single();
            });
            Visit visit = visit(other);
            assertThat(visit.exitCode()).as(visit.output()).isZero();
            Visit.type(visit.remedy("warning", "slot walcast is lost (wal_removed)"), superuser);
            assertThat(visit(other).complaints()).isEmpty();
        }
    }

    private static Visit visit(TestServer visited) {
        return Visit.to(visited.url("chat"), "walcast_relay");
    }

    private static void provide(TestServer server) {
        server.provide("chat");
        Flyway.configure().dataSource(server.superuserOf("chat")).load().migrate();
    }
}
