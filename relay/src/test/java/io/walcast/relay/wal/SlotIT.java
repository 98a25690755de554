package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the slot, and of the rows that it would have brought. */
class SlotIT {

    private static final String TOPIC = "nobody.handles";

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
    void aSlotDroppedWhileTheRelayIsDownIsReplacedAndNothingIsMissing() {
        RelayProcess.start(database).close();
        append(500);
        sql("select pg_drop_replication_slot('" + database.name() + "')");
        append(500);
        try (var relay = RelayProcess.start(database)) {
            append(10);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    @Test
    void aSlotDroppedWhileTheRelayRunsIsReplacedToo() {
        try (var relay = RelayProcess.start(database)) {
            append(100);
            sql("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                    + database.name() + "'");
            await().ignoreExceptions().until(() -> {
                sql("select pg_drop_replication_slot('" + database.name() + "')");
                return true;
            });
            append(100);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
            relay.awaitStreaming();
        }
    }

    @Test
    void aSweepThatWasCutShortIsDoneAgain() {
        RelayProcess.start(database).close();
        append(100);
        // As a relay leaves it that dies between the creation of the slot and the end of the sweep.
        sql("select pg_drop_replication_slot('" + database.name() + "')");
        sql("update relay_slots set sweep_pending = true");
        sql("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        append(100);
        try (var relay = RelayProcess.start(database)) {
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
            assertThat(relay.status().state()).isEqualTo(State.STREAMING);
        }
    }

    @Test
    void aSlotOfAnotherKindIsNotTouchedAndARestartIsWorthATryOnceItIsGone() {
        sql("select pg_create_logical_replication_slot('" + database.name() + "', 'test_decoding')");
        try (var relay = RelayProcess.launch(database)) {
            await().until(() -> relay.status().state() == State.FAILED);

            assertThat(relay.status().reason()).contains(database.name(), "walcast.relay.slot");

            long epoch = ownerEpoch();
            relay.bean(WalSupervisor.class).restart();
            // One try for the request, and others at their own pace.
            await().during(Duration.ofSeconds(2)).until(() -> ownerEpoch() <= epoch + 4);

            sql("select pg_drop_replication_slot('" + database.name() + "')");
            relay.bean(WalSupervisor.class).restart();
            await().atMost(Duration.ofSeconds(5)).until(() -> relay.status().state() == State.STREAMING);
        }
    }

    @Test
    void aSecondRelayStandsByAndTakesOver() {
        var first = RelayProcess.start(database);
        try (var second = RelayProcess.launch(database)) {
            await().until(() -> second.status().state() == State.STANDBY);
            append(100);
            await().until(() -> outbox.unpublished() == 0);
            first.close();
            append(100);

            second.awaitStreaming();
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    @Test
    void aKilledWalsenderIsReplacedWithinASecond() {
        try (var relay = RelayProcess.start(database)) {
            sql("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                    + database.name() + "'");
            append(100);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.status().restarts()).isEqualTo(1);
        }
    }

    @Test
    void aSweepOnDemandMissesNothing() {
        try (var relay = RelayProcess.start(database)) {
            append(200);
            relay.bean(WalSupervisor.class).sweep();
            append(200);

            await().until(() -> relay.status().restarts() == 1);
            relay.awaitStreaming();
            append(10);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    @Test
    void aHundredThousandRowsAreSwept() {
        append(100_000);
        try (var relay = RelayProcess.launch(database)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> relay.status().state() == State.STREAMING);

            assertThat(outbox.unpublished()).isZero();
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    private void append(int rows) {
        outbox.jdbc()
                .sql(
                        "insert into outbox (topic, event_key, payload) select ?, n::text, '{}' from generate_series(1, ?) n")
                .params(TOPIC, rows)
                .update();
    }

    private long ownerEpoch() {
        return outbox.jdbc()
                .sql("select coalesce(max(owner_epoch), 0) from relay_slots")
                .query(Long.class)
                .single();
    }

    private void sql(String statement) {
        if (statement.startsWith("select")) {
            outbox.jdbc().sql(statement).query().listOfRows();
        } else {
            outbox.jdbc().sql(statement).update();
        }
    }
}
