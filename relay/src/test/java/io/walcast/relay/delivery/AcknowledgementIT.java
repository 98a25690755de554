package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The slot is acknowledged up to the first row that is not settled: not further, and not less. */
class AcknowledgementIT {

    private TestDatabase database;
    private Outbox outbox;

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        outbox.jdbc().sql("create table other (text text)").update();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aHeldSinkHoldsTheSlotHoweverMuchOthersWrite() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            var release = new CountDownLatch(1);
            sink.beforeTaking(row -> awaitUninterruptibly(release));
            long before = outbox.walPosition();
            long held = outbox.append("t", "a", "{}");
            long after = outbox.walPosition();

            // Thirty times the watchdog's patience, and hundreds of heartbeats.
            Duration hold = RelayProcess.PATIENCE.multipliedBy(30);
            await().atMost(hold.multipliedBy(2)).during(hold).until(() -> {
                writeElsewhere();
                return outbox.confirmedPosition(database.name()) <= after;
            });
            assertThat(relay.status().state()).isEqualTo(State.BLOCKED);
            assertThat(relay.status().restarts()).isZero();
            assertThat(outbox.walPosition()).isGreaterThan(before + 100_000);

            release.countDown();
            await().until(() -> outbox.unpublished() == 0);
            assertThat(sink.takenIds()).containsExactly(held);
            relay.awaitStreaming();
            awaitConfirmed(outbox.walPosition());
        }
    }

    @Test
    void stopsThoughTheSinkIsHeldAndKeepsTheRow() {
        var never = new CountDownLatch(1);
        var relay = RelayProcess.start(database, RecordingSink.class);
        relay.bean(RecordingSink.class).beforeTaking(row -> awaitUninterruptibly(never));
        outbox.append("t", "a", "{}");
        long after = outbox.walPosition();
        await().until(() -> relay.bean(RecordingSink.class).isAsked());

        assertTimeoutPreemptively(Duration.ofSeconds(20), relay::close);
        assertThat(outbox.unpublished()).isEqualTo(1);
        assertThat(outbox.confirmedPosition(database.name())).isLessThan(after);
    }

    @Test
    void aSteadyFlowIsNotTakenForABlock() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            await().atMost(Duration.ofSeconds(12))
                    .pollInterval(Duration.ofMillis(5))
                    .during(Duration.ofSeconds(8))
                    .until(() -> {
                        outbox.append("t", "a", "{}");
                        return relay.status().state() == State.STREAMING;
                    });
        }
    }

    @Test
    void aQuietOutboxLetsTheSlotFollowWhatOthersWrite() {
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            for (int round = 0; round < 5; round++) {
                writeElsewhere();
            }
            awaitConfirmed(outbox.walPosition() - 40_000);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    private void writeElsewhere() {
        outbox.jdbc()
                .sql("insert into other select repeat('x', 1000) from generate_series(1, 50)")
                .update();
    }

    private void awaitConfirmed(long position) {
        await().untilAsserted(() ->
                assertThat(outbox.confirmedPosition(database.name())).isGreaterThanOrEqualTo(position));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while held", e);
        }
    }
}
