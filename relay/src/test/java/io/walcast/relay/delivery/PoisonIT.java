package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Primary;

/** Rows that cannot be delivered, many of them: others come to clients all the same, and each is parked with its error. */
class PoisonIT {

    private static final String MESSAGE = "messaging.message_created";
    private static final String REMOVAL = "messaging.member_removed";

    /** One after the other, each with its retries, they would take an hour and a quarter. */
    private static final int FLOOD = 6_000;

    /** For a machine that builds other things meanwhile. */
    private static final Duration SOON = Duration.ofSeconds(10);

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
    void whatCanNeverPassIsParkedAfterOneAttempt() {
        try (var relay = RelayProcess.start(database)) {
            UUID conversation = outbox.conversation();
            UUID other = outbox.conversation();
            outbox.append(MESSAGE, conversation.toString(), "{}");
            outbox.append(MESSAGE, conversation.toString(), "[]");
            outbox.append(MESSAGE, "no conversation", "{\"message\": {\"seq\": 1}}");
            outbox.append(
                    MESSAGE,
                    conversation.toString(),
                    "{\"message\": {\"seq\": 1, \"conversationId\": \"%s\"}}".formatted(other));
            outbox.append(
                    REMOVAL,
                    conversation.toString(),
                    "{\"userId\": \"ada\", \"conversationId\": \"%s\"}".formatted(other));
            outbox.post(conversation, 1);

            await().until(() -> parked() == 5 && outbox.unpublished() == 5);
            assertThat(outbox.attempts()).containsExactly(1);
            assertThat(errors())
                    .contains(
                            "the payload has no object \"message\"",
                            "the payload is no JSON object",
                            "the event_key is no UUID",
                            "the payload names another conversation than the row's event_key");
        }
    }

    @Test
    void aFloodThatCanNeverPassHoldsUpNobody() {
        try (var relay = RelayProcess.start(database)) {
            UUID conversation = outbox.conversation();
            UUID broken = outbox.conversation();
            flood(MESSAGE, "'" + broken + "'");
            outbox.post(conversation, 1);

            awaitPublished(FLOOD + 1);
            await().until(() -> parked() == FLOOD);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    @Test
    void aFloodOfOneKeyHoldsUpNobody() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            relay.bean(RecordingSink.class).beforeTaking(PoisonIT::refuseBadKeys);
            flood("t", "'bad'");
            long good = outbox.append("t", "good", "{}");

            awaitPublished(good);
            await().until(() -> parked() == FLOOD);
            assertThat(relay.bean(RecordingSink.class).takenIds()).containsExactly(good);
            assertThat(relay.bean(RecordingSink.class).givenUpIds()).isSorted().hasSize(FLOOD);
        }
    }

    @Test
    void aFloodOfAThousandKeysHoldsUpNobody() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            relay.bean(RecordingSink.class).beforeTaking(PoisonIT::refuseBadKeys);
            // Key after key, so that each has its first failure when those before it are over.
            flood("t", "'bad ' || n / 6");
            long good = outbox.append("t", "good", "{}");

            awaitPublished(good);
            await().until(() -> parked() == FLOOD);
            assertThat(relay.bean(RecordingSink.class).takenIds()).containsExactly(good);
        }
    }

    @Test
    void aFloodHoldsUpNoSweep() {
        Duration asGoodRows = sweepOf("good");
        Duration asBadRows = sweepOf("bad");

        assertThat(asBadRows).isLessThan(asGoodRows.plusSeconds(2));
        await().until(() -> parked() == 2 * FLOOD);
    }

    /** How long a sweep takes until it has brought a row that comes after many others. */
    private Duration sweepOf(String key) {
        flood("t", "'" + key + "'");
        flood("t", "'" + key + " ' || n");
        long last = outbox.append("t", "good", "{}");
        outbox.jdbc().sql("update relay_slots set sweep_pending = true").update();
        try (var relay = RelayProcess.launch(database, RefusingSink.class)) {
            long started = System.nanoTime();
            awaitPublished(last);
            Duration taken = Duration.ofNanos(System.nanoTime() - started);
            relay.awaitStreaming();
            if (key.equals("bad")) {
                await().until(() -> parked() == 2 * FLOOD);
            }
            return taken;
        }
    }

    @Test
    void anErrorOfEachAttemptParksTheRowAndEndsNoThread() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            sink.beforeTaking(row -> {
                if (row.payload().contains("poison")) {
                    throw new StackOverflowError("on purpose");
                }
            });
            long poison = outbox.append("t", "a", "{\"poison\": true}");
            long behind = outbox.append("t", "a", "{}");
            long again = outbox.append("t", "b", "{\"poison\": true}");

            await().until(() -> parked() == 2 && outbox.unpublished() == 2);
            assertThat(sink.givenUpIds()).containsExactlyInAnyOrder(poison, again);
            assertThat(sink.takenIds()).containsExactly(behind);
            assertThat(relay.status().restarts()).isZero();
            assertThat(errors()).containsExactly("java.lang.StackOverflowError: on purpose");
        }
    }

    @Test
    void aPayloadThatIsTooLongIsNotEvenRead() {
        try (var relay = RelayProcess.start(database, Map.of("walcast.delivery.max-payload", "1KB"))) {
            String key = outbox.conversation().toString();
            String tooLong =
                    "{\"message\": {\"seq\": 1}, \"userId\": \"ada\", \"filler\": \"%s\"}".formatted("x".repeat(1_000));
            outbox.append(MESSAGE, key, tooLong);
            outbox.append(REMOVAL, key, tooLong);
            outbox.append("not.for.clients", key, tooLong);

            await().until(() -> parked() == 2 && outbox.unpublished() == 2);
            assertThat(errors()).singleElement().asString().contains("walcast.delivery.max-payload");
        }
    }

    @Test
    void rowsThatAreLargerThanAllTogetherMayBePassOneByOne() {
        try (var relay = RelayProcess.launch(
                database, Map.of("walcast.delivery.max-unsettled-bytes", "1KB"), RecordingSink.class)) {
            for (int i = 0; i < 20; i++) {
                outbox.append("t", "key " + i % 3, "{\"long\": \"%s\"}".formatted("x".repeat(10_000)));
            }

            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.bean(RecordingSink.class).takenIds()).hasSize(20);
        }
    }

    /** As a former owner may try to, after it slept through the take-over. */
    @Test
    void aRowThatIsPublishedIsNotParked() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            long id = outbox.append("t", "a", "{}");
            awaitPublished(id);
            var row = new OutboxRow(id, "t", "a", "{}", "{}", "", 0, null, Instant.EPOCH);
            var late = new InFlightRow(row, new Nobody());
            late.failed(new IllegalStateException("too late"));

            assertThat(relay.bean(MarkStatements.class).park(List.of(late))).isZero();
            assertThat(parked()).isZero();
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void rowsAreParkedInOneStatementEachWithItsOwnErrorAndOnce() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            relay.bean(RecordingSink.class).beforeTaking(row -> {
                throw new IllegalStateException("no " + row.id());
            });
            long first = outbox.append("t", "a", "{}");
            long second = outbox.append("t", "b", "{}");
            await().until(() -> parked() == 2);

            assertThat(outbox.jdbc()
                            .sql("select attempts || ' ' || last_error from outbox order by id")
                            .query(String.class)
                            .list())
                    .containsExactly(
                            "5 java.lang.IllegalStateException: no " + first,
                            "5 java.lang.IllegalStateException: no " + second);
        }
    }

    @Test
    void aParkedRowThatIsDeletedIsParkedNoLonger() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            relay.bean(RecordingSink.class).beforeTaking(PoisonIT::refuseBadKeys);
            long deleted = outbox.append("t", "bad", "{}");
            outbox.append("t", "bad", "{}");
            await().until(() -> parked() == 2);

            outbox.jdbc().sql("delete from outbox where id = ?").param(deleted).update();
            assertThat(parked()).isEqualTo(1);
            outbox.jdbc().sql("truncate outbox restart identity").update();
            assertThat(parked()).isZero();
        }
    }

    private static void refuseBadKeys(OutboxRow row) {
        if (row.eventKey().startsWith("bad")) {
            throw new IllegalStateException("bad taste");
        }
    }

    private void flood(String topic, String key) {
        outbox.jdbc()
                .sql("insert into outbox (topic, event_key, payload) select ?, %s, '{}' from generate_series(1, ?) n"
                        .formatted(key))
                .params(topic, FLOOD)
                .update();
    }

    private void awaitPublished(long id) {
        await().atMost(SOON)
                .until(() -> outbox.jdbc()
                        .sql("select published_at is not null from outbox where id = ?")
                        .param(id)
                        .query(Boolean.class)
                        .single());
    }

    private long parked() {
        return outbox.jdbc()
                .sql("select count(*) from outbox_parked")
                .query(Long.class)
                .single();
    }

    private List<String> errors() {
        return outbox.jdbc()
                .sql("select distinct last_error from outbox where last_error is not null")
                .query(String.class)
                .list();
    }

    /** It refuses them from the first row on, which may come while the process still starts. */
    @Primary
    static final class RefusingSink extends RecordingSink {

        RefusingSink() {
            beforeTaking(PoisonIT::refuseBadKeys);
        }
    }
}
