package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryIT {

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
    void deliversEachRowOnceInOrderAndMarksIt() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            List<Long> ids = append(500);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).isEqualTo(ids);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    /** Out of memory, say. One row may be on its way: a forgotten one would block the others without end. */
    @Test
    void goesOnAfterErrorsOfTheSink() {
        try (var relay =
                RelayProcess.launch(database, Map.of("walcast.delivery.max-unsettled", 1), RecordingSink.class)) {
            relay.awaitStreaming();
            var errors = new AtomicInteger(2);
            relay.bean(RecordingSink.class).beforeTaking(row -> {
                if (errors.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("on purpose");
                }
            });
            List<Long> ids = append(5);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).isEqualTo(ids);
        }
    }

    @Test
    void sweepsWhatWasWrittenBeforeThereWasASlot() {
        List<Long> before = append(2_500);
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            List<Long> all = new ArrayList<>(before);
            all.addAll(append(50));

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).isEqualTo(all);
        }
    }

    @Test
    void deliversWhatWasWrittenWhileItWasDownBeforeWhatComesAfter() {
        RelayProcess.start(database, RecordingSink.class).close();
        List<Long> all = new ArrayList<>(append(300));
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            all.addAll(append(50));

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).isEqualTo(all);
        }
    }

    @Test
    void doesNotSendReplayedRowsThatArePublished() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            append(200);
            await().until(() -> outbox.unpublished() == 0);
            // Ended by force immediately after the marks: the slot is not acknowledged up to all of them.
            outbox.jdbc()
                    .sql("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ?")
                    .param(database.name())
                    .query()
                    .listOfRows();
            await().until(() -> relay.status().restarts() == 1);
            relay.awaitStreaming();
            append(1);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).hasSize(201).doesNotHaveDuplicates();
        }
    }

    @Test
    void marksEveryRowThoughTheWalShowsCommitsBeforeTheTablesDo() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            for (int transactions = 0; transactions < 300; transactions++) {
                outbox.append("t", "a", "{}");
            }

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).hasSize(300);
            await().untilAsserted(() -> assertThat(outbox.confirmedPosition(database.name()))
                    .isGreaterThan(relay.bean(RecordingSink.class).lastLsn()));
        }
    }

    @Test
    void retriesARowAndKeepsItsConversationInOrderBehindIt() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            var failures = new ArrayList<Long>();
            sink.beforeTaking(row -> {
                if (row.payload().contains("fragile") && failures.size() < 2) {
                    failures.add(row.id());
                    throw new IllegalStateException("not yet");
                }
            });
            long fragile = outbox.append("t", "a", "{\"fragile\": true}");
            long behind = outbox.append("t", "a", "{}");
            long elsewhere = outbox.append("t", "b", "{}");

            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.takenIds())
                    .containsSubsequence(fragile, behind)
                    .contains(elsewhere)
                    .hasSize(3);
            assertThat(outbox.jdbc()
                            .sql("select attempts from outbox order by id")
                            .query(Integer.class)
                            .list())
                    .containsExactly(3, 1, 1);
        }
    }

    @Test
    void parksAPoisonRowWithItsErrorAndGoesOn() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            sink.beforeTaking(row -> {
                if (row.payload().contains("poison")) {
                    throw new IllegalStateException("bad taste");
                }
            });
            long poison = outbox.append("t", "a", "{\"poison\": true}");
            long behind = outbox.append("t", "a", "{}");

            await().until(() -> outbox.unpublished() == 1);
            await().until(() -> outbox.jdbc()
                            .sql("select count(*) from outbox_parked")
                            .query(Long.class)
                            .single()
                    == 1);
            assertThat(sink.takenIds()).containsExactly(behind);
            assertThat(sink.givenUpIds()).containsExactly(poison);
            assertThat(outbox.jdbc()
                            .sql("select attempts || ' ' || last_error from outbox where id = ?")
                            .param(poison)
                            .query(String.class)
                            .single())
                    .isEqualTo("5 java.lang.IllegalStateException: bad taste");
        }
    }

    @Test
    void parksARowEvenIfTheSinkCannotBeToldOf() {
        try (var relay = RelayProcess.start(database)) {
            outbox.append("messaging.member_removed", "not-a-uuid", "{\"userId\": \"u1\"}");
            outbox.append("messaging.member_removed", "not-a-uuid", "{}");

            await().until(() -> outbox.jdbc()
                            .sql("select count(*) from outbox_parked")
                            .query(Long.class)
                            .single()
                    == 2);
            relay.awaitStreaming();
        }
    }

    @Test
    void sendsAParkedRowAgainInARowOfItsOwn() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            sink.beforeTaking(row -> {
                throw new IllegalStateException("out of order");
            });
            long broken = outbox.append("t", "a", "{}");
            await().until(() -> relay.bean(Parked.class).list(10).size() == 1);
            sink.beforeTaking(row -> {});
            long replacement = relay.bean(Parked.class).redrive(broken).orElseThrow();

            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.takenIds()).containsExactly(replacement);
            assertThat(relay.bean(Parked.class).list(10)).isEmpty();
            assertThat(relay.bean(Parked.class).redrive(broken)).isEmpty();
        }
    }

    @Test
    void deletesWhatIsPublishedAndOldButNothingElse() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            sink.beforeTaking(row -> {
                if (row.payload().contains("poison")) {
                    throw new IllegalStateException("bad taste");
                }
            });
            long poison = outbox.append("t", "a", "{\"poison\": true}");
            append(2_500);
            await().until(() -> outbox.unpublished() == 1);
            await().until(() -> relay.bean(Parked.class).list(10).size() == 1);
            outbox.jdbc()
                    .sql(
                            "update outbox set published_at = now() - interval '2 days' where published_at is not null and id <= 2400")
                    .update();
            relay.bean(Retention.class).deleteOld(Instant.now());

            assertThat(outbox.jdbc()
                            .sql("select count(*) from outbox where id <= 2400")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);
            assertThat(outbox.jdbc()
                            .sql("select count(*) from outbox where id = ? or id > 2400")
                            .param(poison)
                            .query(Long.class)
                            .single())
                    .isEqualTo(102);
        }
    }

    private List<Long> append(int rows) {
        return outbox.jdbc().sql("""
                        insert into outbox (topic, event_key, payload)
                        select 'test.topic', 'key ' || n % 7, jsonb_build_object('n', n) from generate_series(1, ?) n
                        returning id
                        """).param(rows).query(Long.class).list();
    }
}
