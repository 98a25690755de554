package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one engine leaves to the next, and what it must not leave. */
class EngineRestartIT {

    private static final int RESTARTS = 50;

    /** The rest of it keeps the epoch from being claimed. */
    private static final Duration AFTER_A_SLOW_NOTE = Duration.ofSeconds(15);

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
    void fiftyEnginesUnderLoadLeaveNoThreadBehindAndLoseNothing() {
        try (var relay = RelayProcess.start(database)) {
            Map<String, Long> before = threadsOfAcknowledgingEngine();
            var loaded = new AtomicBoolean(true);
            var load = CompletableFuture.runAsync(() -> {
                while (loaded.get()) {
                    outbox.append("nobody.handles", "key", "{}");
                }
            });
            restart(relay, RESTARTS);
            loaded.set(false);
            load.join();

            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
            assertThat(threadsOfAcknowledgingEngine()).isEqualTo(before);
        }
    }

    @Test
    void anAcknowledgementIsNotKeptWaitingByCommitsWithoutAGap() {
        outbox.jdbc().sql("create table other (text text)").update();
        try (var relay = RelayProcess.start(database)) {
            var loaded = new AtomicBoolean(true);
            var load = CompletableFuture.runAsync(() -> {
                while (loaded.get()) {
                    commitsElsewhere();
                }
            });
            long row = outbox.append("nobody.handles", "key", "{}");
            long after = outbox.walPosition();
            assertThat(row).isPositive();

            await().atMost(Duration.ofSeconds(10)).until(() -> outbox.confirmedPosition(database.name()) >= after);
            loaded.set(false);
            load.join();
            assertThat(relay.status().restarts()).isZero();
        }
    }

    /** The position before a quiet time is confirmed late, as nothing comes after it. */
    @Test
    void anIdleEngineIsNotTakenForStuckWhenOthersHaveWritten() {
        outbox.jdbc().sql("create table other (text text)").update();
        try (var relay = RelayProcess.start(database)) {
            outbox.append("nobody.handles", "key", "{}");
            for (int bursts = 0; bursts < 3; bursts++) {
                await().during(RelayProcess.PATIENCE.multipliedBy(2))
                        .until(() -> relay.status().restarts() == 0);
                outbox.jdbc()
                        .sql("insert into other select repeat('x', 1000) from generate_series(1, 60)")
                        .update();
            }
            await().during(RelayProcess.PATIENCE.multipliedBy(2))
                    .until(() -> relay.status().restarts() == 0);
        }
    }

    /** As with a connection of the pool that the network swallowed, which the driver gives up after its socketTimeout. */
    @Test
    void anEngineThatIsAbandonedInANoteKeepsNoOtherFromItsStart() {
        try (var relay = RelayProcess.start(database)) {
            Map<String, Long> before = threadsOfAcknowledgingEngine();
            outbox.jdbc().sql("""
                            create table slow as select;
                            create function note_slowly() returns trigger language plpgsql as $$
                            begin
                                perform pg_sleep(6) from slow;
                                return new;
                            end
                            $$;
                            create trigger slow before update of acknowledge_lsn on relay_slots
                            for each row when (new.acknowledge_lsn > old.acknowledge_lsn) execute function note_slowly();
                            insert into slow default values
                            """).update();
            outbox.append("nobody.handles", "key", "{}");
            await().until(() -> outbox.jdbc()
                    .sql("select exists (select from pg_stat_activity where wait_event = 'PgSleep')")
                    .query(Boolean.class)
                    .single());
            outbox.jdbc().sql("delete from slow").update();
            outbox.jdbc()
                    .sql("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
                    .query()
                    .listOfRows();

            await().until(() -> relay.status().restarts() > 0);
            await().atMost(AFTER_A_SLOW_NOTE).until(() -> relay.status().state() == State.STREAMING);
            await().until(() -> outbox.unpublished() == 0);
            await().untilAsserted(
                            () -> assertThat(threadsOfAcknowledgingEngine()).isEqualTo(before));
        }
    }

    /** As many transactions as one connection can commit, without waiting for the disk. */
    private void commitsElsewhere() {
        outbox.jdbc().sql("""
                        do $$
                        begin
                            set synchronous_commit = off;
                            for i in 1..2000 loop
                                insert into other values ('x');
                                commit;
                            end loop;
                        end
                        $$
                        """).update();
    }

    /** An engine has all its threads once it has acknowledged. */
    private Map<String, Long> threadsOfAcknowledgingEngine() {
        outbox.append("nobody.handles", "key", "{}");
        long after = outbox.walPosition();
        await().until(() -> outbox.confirmedPosition(database.name()) >= after);
        return threadsOfEngines();
    }

    private static void restart(RelayProcess relay, int times) {
        for (int i = 0; i < times; i++) {
            long before = relay.status().restarts();
            relay.bean(WalSupervisor.class).restart();
            await().until(() -> relay.status().restarts() > before);
            relay.awaitStreaming();
        }
    }

    /** How many threads the engines of this process have, by name without numbers. */
    private static Map<String, Long> threadsOfEngines() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceAll("[0-9]+", "N"))
                .filter(name ->
                        name.startsWith("debezium") || name.startsWith("pool-") || name.startsWith("walcast-engine"))
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    }
}
