package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.SinkDownException;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of several relays on one slot one delivers, and one only. */
class OwnershipIT {

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
    void whoLosesTheSlotDeliversNoMoreUntilItOwnsItAgain() throws SQLException {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            List<Long> ids = new ArrayList<>(append(10));
            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.timesOthersDelivered())
                    .as("before it first delivered")
                    .isEqualTo(1);

            try (Connection another = seizeOwnership()) {
                await().until(() -> relay.status().state() == State.STANDBY);
                ids.addAll(append(10));
                await().during(RelayProcess.PATIENCE)
                        .until(() -> sink.takenIds().size() == 10);
            }
            relay.awaitStreaming();

            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.takenIds()).isEqualTo(ids);
            assertThat(sink.timesOthersDelivered()).isEqualTo(2);
        }
    }

    @Test
    void whoComesBackAndFindsThatNobodyElseWasThereJustGoesOn() throws SQLException {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            append(10);
            endOwnership();
            await().until(() -> relay.status().restarts() == 1);
            relay.awaitStreaming();
            append(10);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).hasSize(20);
            assertThat(relay.bean(RecordingSink.class).timesOthersDelivered()).isEqualTo(1);
        }
    }

    @Test
    void twoThatStartAtOnceSweepOnce() {
        append(3_000);
        try (var one = RelayProcess.launch(database, RecordingSink.class);
                var other = RelayProcess.launch(database, RecordingSink.class)) {
            await().until(() -> outbox.unpublished() == 0);

            assertThat(one.bean(RecordingSink.class).takenIds().size()
                            + other.bean(RecordingSink.class).takenIds().size())
                    .isEqualTo(3_000);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    @Test
    void anOwnerWhoseEnginesFailLetsAnotherOneTry() {
        try (var sick = RelayProcess.start(database, RecordingSink.class);
                var well = RelayProcess.launch(database, RecordingSink.class)) {
            await().until(() -> well.status().state() == State.STANDBY);
            sick.bean(RecordingSink.class).beforeTaking(row -> {
                throw new SinkDownException("on purpose", new IllegalStateException());
            });
            List<Long> ids = append(5);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(well.bean(RecordingSink.class).takenIds()).isEqualTo(ids);
            await().until(() -> sick.status().state() == State.STANDBY);
        }
    }

    @Test
    void aFailingOwnerThatIsAloneStaysTheOwner() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var errors = new AtomicInteger(5);
            relay.bean(RecordingSink.class).beforeTaking(row -> {
                if (errors.getAndDecrement() > 0) {
                    throw new SinkDownException("on purpose", new IllegalStateException());
                }
            });
            append(5);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).timesOthersDelivered()).isEqualTo(1);
        }
    }

    @Test
    void clientsAreToldOfAnotherHistory() {
        RelayProcess.start(database, RecordingSink.class).close();
        // As after a promotion, or a restore into another cluster.
        outbox.jdbc().sql("update relay_slots set history = '1-00000001'").update();
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            assertThat(relay.bean(RecordingSink.class).historyChanges()).isEqualTo(1);
            append(5);
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    @Test
    void rowsInALaneAreLeftToTheNextOwner() throws SQLException {
        try (var relay =
                RelayProcess.launch(database, Map.of("walcast.delivery.retry-delay", "4s"), RecordingSink.class)) {
            relay.awaitStreaming();
            var sink = relay.bean(RecordingSink.class);
            sink.beforeTaking(row -> {
                throw new IllegalStateException("not yet");
            });
            long id = outbox.append("t", "a", "{}");
            await().until(sink::isAsked);
            try (Connection another = seizeOwnership()) {
                sink.beforeTaking(row -> {});
                await().until(() -> relay.status().state() == State.STANDBY);
                await().during(Duration.ofSeconds(5))
                        .until(() -> sink.takenIds().isEmpty());
            }
            relay.awaitStreaming();

            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.takenIds()).containsExactly(id);
        }
    }

    @Test
    void aLockThatALostConnectionStillHoldsIsNoTakeOver() throws SQLException {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            try (Connection lost = takeLock()) {
                await().until(() -> relay.status().reason().contains("lost its connection"));
                assertThat(relay.status().state()).isEqualTo(State.STARTING);
            }
            relay.awaitStreaming();

            assertThat(relay.bean(RecordingSink.class).timesOthersDelivered()).isEqualTo(1);
        }
    }

    /** Takes the lock and counts on, as another relay does when PostgreSQL no longer hears of the first. */
    private Connection seizeOwnership() throws SQLException {
        Connection another = takeLock();
        outbox.jdbc()
                .sql("update relay_slots set owner_epoch = owner_epoch + 1")
                .update();
        return another;
    }

    private Connection takeLock() throws SQLException {
        Connection another = database.dataSource().getConnection();
        try (var lock =
                another.prepareStatement("select pg_advisory_lock(hashtextextended('walcast slot ' || ?, 0))")) {
            lock.setString(1, database.name());
            endOwnership();
            lock.execute();
        }
        return another;
    }

    private void endOwnership() {
        outbox.jdbc()
                .sql(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walcast owner' and datname = ?")
                .param(database.name())
                .query()
                .listOfRows();
    }

    private List<Long> append(int rows) {
        return outbox.jdbc().sql("""
                        insert into outbox (topic, event_key, payload)
                        select 'test.topic', 'key ' || n % 7, jsonb_build_object('n', n) from generate_series(1, ?) n
                        returning id
                        """).param(rows).query(Long.class).list();
    }
}
