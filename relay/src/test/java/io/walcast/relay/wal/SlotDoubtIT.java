package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.Doubt.Cause;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** Somebody else changes what the relay rests on: it is noticed and named, and no row is missing. */
class SlotDoubtIT {

    private static final String CREATE_PUBLICATION = "create publication walcast for table outbox"
            + " (id, topic, event_key, payload, headers, created_at) with (publish = 'insert')";

    private TestDatabase database;
    private Outbox outbox;

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aSlotMadeByHandWhileTheRelayIsDown() {
        RelayProcess.start(database).close();
        append(3);
        dropSlot();
        makeSlot();
        try (var relay = RelayProcess.start(database)) {
            assertDoubted(relay, Cause.SLOT_MOVED);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    @Test
    void aSlotMadeByHandWhileTheRelayRuns() {
        try (var relay = RelayProcess.start(database)) {
            // One statement, so that no engine comes in between.
            append(50);
            sql("""
                    do $$
                    begin
                        perform pg_terminate_backend(active_pid, 5000) from pg_replication_slots
                        where slot_name = current_database() and active;
                        perform pg_drop_replication_slot(current_database());
                        perform pg_create_logical_replication_slot(current_database(), 'pgoutput');
                    end
                    $$
                    """);
            await().until(() -> relay.bean(WalSupervisor.class).lastDoubt().isPresent());
            assertDoubted(relay, Cause.SLOT_MOVED);
        }
    }

    @Test
    void aSlotAdvancedByHand() {
        RelayProcess.start(database).close();
        append(3);
        sql("select pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())");
        try (var relay = RelayProcess.start(database)) {
            assertDoubted(relay, Cause.SLOT_MOVED);
        }
    }

    @Test
    void aSlotThatNobodyTouchedIsNotSwept() {
        RelayProcess.start(database).close();
        append(30);
        for (int starts = 0; starts < 2; starts++) {
            try (var relay = RelayProcess.start(database)) {
                append(30);
                await().until(() -> outbox.unpublished() == 0);
                await().during(Duration.ofSeconds(5)).until(() -> relay.status().state() == State.STREAMING);
                assertThat(relay.bean(WalSupervisor.class).lastDoubt()).isEmpty();
                assertThat(relay.status().restarts()).isZero();
            }
        }
        assertThat(outbox.attempts()).containsExactly(1);
    }

    @Test
    void transactionsThatOverlapAreNoReasonForDoubt() throws Exception {
        var writers = Executors.newFixedThreadPool(4);
        try (var relay = RelayProcess.start(database)) {
            long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            Callable<Void> writer = () -> {
                while (System.nanoTime() < end) {
                    outbox.jdbc().sql("""
                                    with appended as (
                                        insert into outbox (topic, event_key, payload) values ('t', 'k', '{}') returning id
                                    )
                                    select pg_sleep(0.01) from appended
                                    """).query().listOfRows();
                }
                return null;
            };
            for (var written : writers.invokeAll(Collections.nCopies(4, writer))) {
                written.get();
            }
            await().until(() -> outbox.unpublished() == 0);

            assertThat(relay.bean(WalSupervisor.class).lastDoubt()).isEmpty();
            assertThat(relay.status().restarts()).isZero();
        } finally {
            writers.shutdownNow();
        }
    }

    /** Between the guard's look and the connector's own: there it makes a slot by itself, at "now". */
    @Test
    void aSlotDroppedWhileTheEngineStarts() throws SQLException {
        RelayProcess.start(database).close();
        append(20);
        try (Connection window = database.dataSource().getConnection();
                var statement = window.createStatement()) {
            window.setAutoCommit(false);
            statement.execute("lock table outbox");
            try (var relay = RelayProcess.launch(database)) {
                await().until(() -> relay.status().reason().equals("starting the engine"));
                dropSlot();
                window.rollback();
                // Whether the guard or the connector is the first to look decides which of them makes the slot.
                assertDoubted(relay, Cause.SLOT_MOVED, Cause.SLOT_MISSING);
            }
        }
    }

    @Test
    void aPublicationWithoutTheOutboxForAWhile() {
        try (var relay = RelayProcess.start(database)) {
            sql("alter publication walcast drop table outbox");
            append(5);
            await().atMost(Duration.ofSeconds(10)).until(() -> relay.status().obstacle() == Obstacle.PUBLICATION);
            assertThat(relay.status().reason()).contains("does not contain table outbox", "alter publication walcast");
            sql("alter publication walcast add table outbox (id, topic, event_key, payload, headers, created_at)");
            append(5);
            assertDoubted(relay, Cause.PUBLICATION_CHANGED);
        }
    }

    @Test
    void aPublicationThatIsMendedBetweenTwoLooks() {
        try (var relay = RelayProcess.start(database)) {
            sql("drop publication walcast");
            append(5);
            sql(CREATE_PUBLICATION);
            append(5);
            await().until(() -> outbox.unpublished() == 0);
            relay.awaitStreaming();
            await().until(() -> relay.bean(WalSupervisor.class).lastDoubt().isPresent());
        }
    }

    @Test
    void aPublicationThatPublishesOurMarksDeliversNothingTwice() {
        try (var relay = RelayProcess.start(database)) {
            sql("alter publication walcast set (publish = 'insert, update, delete')");
            await().until(() -> relay.bean(WalSupervisor.class).lastDoubt().isPresent());
            relay.awaitStreaming();
            append(20);
            await().until(() -> outbox.unpublished() == 0);
            sql("delete from outbox");
            append(20);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
            relay.awaitStreaming();
        }
    }

    @Test
    void aTruncatedOutboxWhoseSlotIsLostLater() {
        try (var relay = RelayProcess.start(database)) {
            append(200);
            await().until(() -> outbox.unpublished() == 0);
            await().until(() -> lowWater() > 200);
            sql("truncate outbox restart identity cascade");
            await().until(() -> relay.bean(WalSupervisor.class).lastDoubt().isPresent());
            assertThat(relay.bean(WalSupervisor.class).lastDoubt().orElseThrow().cause())
                    .isEqualTo(Cause.OUTBOX_CHANGED);
            relay.awaitStreaming();
            await().until(() -> lowWater() <= 1);
        }
        append(20);
        dropSlot();
        try (var relay = RelayProcess.start(database)) {
            assertDoubted(relay, Cause.SLOT_MISSING);
        }
    }

    @Test
    void anOutboxTruncatedWhileTheRelayIsDownAndItsSlotDropped() {
        try (var relay = RelayProcess.start(database)) {
            append(200);
            await().until(() -> lowWater() > 200);
        }
        sql("truncate outbox restart identity cascade");
        append(20);
        dropSlot();
        try (var relay = RelayProcess.start(database)) {
            assertThat(outbox.unpublished()).isZero();
            assertThat(lowWater()).isLessThanOrEqualTo(21);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    @Test
    void rowsRestoredBelowTheLowWater() {
        try (var relay = RelayProcess.start(database)) {
            append(200);
            await().until(() -> lowWater() > 200);
        }
        sql("delete from outbox");
        sql(
                "insert into outbox (id, topic, event_key, payload) select n, 't', n::text, '{}' from generate_series(1, 20) n");
        sql("select setval(pg_get_serial_sequence('outbox', 'id'), 20)");
        dropSlot();
        try (var relay = RelayProcess.start(database)) {
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    @Test
    void aPhysicalSlotOfTheSameName() {
        sql("select pg_create_physical_replication_slot('" + database.name() + "')");
        try (var relay = RelayProcess.launch(database)) {
            await().until(() -> relay.status().state() == State.FAILED);
            assertThat(relay.status().reason()).contains(database.name(), "physical", "drop it");
            var supervisor = relay.bean(WalSupervisor.class);
            assertThatIllegalStateException().isThrownBy(supervisor::sweep).withMessageContaining("physical");
            dropSlot();
            // By itself.
            relay.awaitStreaming();
        } finally {
            sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_type = 'physical'"
                    + " and slot_name = '" + database.name() + "'");
        }
    }

    @Test
    void aRelayWithASlotOfItsOwnOnTheSameOutboxIsRefused() {
        try (var relay = RelayProcess.start(database);
                var other = RelayProcess.launch(database, Map.of("walcast.relay.slot", database.name() + "_2"))) {
            await().until(() -> other.status().state() == State.FAILED);
            assertThat(other.status().reason())
                    .contains("slot " + database.name() + " ", "the same walcast.relay.slot");
            append(10);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.status().restarts()).isZero();

            relay.close();
            // By itself.
            other.awaitStreaming();
            append(10);
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    /** As two relays that started together, of which none saw the slot of the other one in use. */
    @Test
    void ofTwoRelaysThatRunTheOneWithTheGreaterNameGivesWay() throws SQLException {
        String lesser = "a_" + database.name();
        var replication = new Properties();
        PGProperty.USER.set(replication, database.username());
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "15");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        try (var relay = RelayProcess.start(database)) {
            sql("insert into relay_slots (slot_name) values ('" + lesser + "')");
            sql("select pg_create_logical_replication_slot('" + lesser + "', 'pgoutput')");
            try (Connection connection = DriverManager.getConnection(database.url(), replication);
                    var stream = connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName(lesser)
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", "walcast")
                            .start()) {
                await().until(() -> relay.status().state() == State.FAILED);
                assertThat(relay.status().reason()).contains("slot " + lesser);
            }
            relay.awaitStreaming();
        }
    }

    @Test
    void aSequenceThatHandsOutBlocksOfIdsIsNamed() {
        try (var relay = RelayProcess.start(database)) {
            sql("alter sequence outbox_id_seq cache 20");
            await().until(() -> relay.status().state() == State.FAILED);
            assertThat(relay.status().reason()).contains("alter sequence outbox_id_seq increment by 1 cache 1");
            append(10);
            sql("alter sequence outbox_id_seq increment by 1 cache 1");
            relay.awaitStreaming();
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    /** As with a transaction that wrote its row while the publication was wrong, and commits when it is right. */
    @Test
    void rowsThatTheSlotNeverBroughtAreSentAgain() {
        try (var relay = RelayProcess.start(database)) {
            append(30);
            await().until(() -> outbox.unpublished() == 0);
            sql("update outbox set published_at = null where id in (select id from outbox order by id limit 3)");
            assertDoubted(relay, Cause.ROWS_STRANDED);
            assertThat(outbox.jdbc()
                            .sql("select count(*) from outbox")
                            .query(Long.class)
                            .single())
                    .as("with the one of the assertion above")
                    .isEqualTo(31);
        }
    }

    @Test
    void manyOfThemAreSwept() {
        try (var relay = RelayProcess.start(database)) {
            append(1_000);
            await().until(() -> outbox.unpublished() == 0);
            await().until(() -> lowWater() > 1_000);
            sql("update outbox set published_at = null where id > 10");
            assertDoubted(relay, Cause.ROWS_STRANDED);
        }
    }

    @Test
    void aSlotThatCannotBeMadeBeforeATransactionEnds() throws Exception {
        RelayProcess.start(database).close();
        append(20);
        try (Connection open = database.dataSource().getConnection();
                var statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("set application_name = 'nightly batch'");
            statement.execute("select pg_current_xact_id()");
            dropSlot();
            var stopped = RelayProcess.launch(database);
            await().atMost(Duration.ofSeconds(10)).until(() -> stopped.status().obstacle() == Obstacle.TRANSACTION);
            assertThat(stopped.status().reason()).contains("nightly batch", "pid ");
            assertTimeoutPreemptively(Duration.ofSeconds(10), stopped::close);
            await().atMost(Duration.ofSeconds(10)).until(() -> makers() == 0);

            try (var relay = RelayProcess.launch(database)) {
                await().until(() -> relay.status().obstacle() == Obstacle.TRANSACTION);
                open.rollback();
                assertDoubted(relay, Cause.SLOT_MISSING);
            }
        }
    }

    @Test
    void aSweepOnDemandDoesNotWaitForAnOpenTransaction() throws SQLException {
        try (var relay = RelayProcess.start(database);
                Connection open = database.dataSource().getConnection();
                var statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            relay.bean(WalSupervisor.class).sweep();
            await().atMost(Duration.ofSeconds(15)).until(() -> relay.status().restarts() == 1);
            relay.awaitStreaming();
            append(5);
            await().until(() -> outbox.unpublished() == 0);
            open.rollback();
        }
    }

    @Test
    void aSweepThatAStandbyIsAskedForIsDoneByTheOwner() {
        try (var owner = RelayProcess.start(database);
                var standby = RelayProcess.launch(database)) {
            await().until(() -> standby.status().state() == State.STANDBY);
            standby.bean(WalSupervisor.class).sweep();
            await().until(() -> owner.status().restarts() == 1);
            owner.awaitStreaming();
            assertThat(standby.status().state()).isEqualTo(State.STANDBY);
        }
    }

    @Test
    void aLoginThatIsRefusedForAWhile() {
        String role = "relay_of_" + database.name();
        sql("create role " + role + " login replication in role walcast_relay");
        try (var relay = RelayProcess.start(database, Map.of("walcast.relay.database.username", role))) {
            sql("alter role " + role + " nologin");
            sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
            await().until(() -> relay.status().state() == State.FAILED);
            append(20);
            sql("alter role " + role + " login");
            await().atMost(Duration.ofSeconds(45)).until(() -> outbox.unpublished() == 0);
            relay.awaitStreaming();
        } finally {
            sql("drop role " + role);
        }
    }

    private void assertDoubted(RelayProcess relay, Cause... causes) {
        await().atMost(Duration.ofSeconds(15)).until(() -> outbox.unpublished() == 0);
        assertThat(relay.bean(WalSupervisor.class).lastDoubt().orElseThrow().cause())
                .isIn((Object[]) causes);
        relay.awaitStreaming();
        append(1);
        await().until(() -> outbox.unpublished() == 0);
    }

    private long lowWater() {
        return outbox.jdbc()
                .sql("select low_water_id from relay_slots")
                .query(Long.class)
                .single();
    }

    private long makers() {
        return outbox.jdbc()
                .sql("select count(*) from pg_stat_activity where application_name = 'walcast slot'"
                        + " and datname = current_database()")
                .query(Long.class)
                .single();
    }

    private void append(int rows) {
        outbox.jdbc()
                .sql("insert into outbox (topic, event_key, payload)"
                        + " select 'nobody.handles', n::text, '{}' from generate_series(1, ?) n")
                .param(rows)
                .update();
    }

    private void dropSlot() {
        sql("select pg_drop_replication_slot('" + database.name() + "')");
    }

    private void makeSlot() {
        sql("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
    }

    private void sql(String statement) {
        if (statement.startsWith("select")) {
            outbox.jdbc().sql(statement).query().listOfRows();
        } else {
            outbox.jdbc().sql(statement).update();
        }
    }
}
