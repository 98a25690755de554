package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.Database;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Trial;
import io.walcast.acceptance.WalNoise;
import java.time.Duration;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Others write to the database and nobody posts: the slot must move all the same. Some 800 MB are written in three
 * minutes, which is an hour's WAL of a database that writes 0.2 MB/s.
 */
class OtherTablesIT {

    private static final int KILOBYTES_PER_SECOND = 5_000;
    private static final Duration OBSERVED = Duration.ofSeconds(110);
    private static final Duration LONGEST_UNCONFIRMED = Duration.ofSeconds(2); // two heartbeats
    private static final Duration LONGEST_KEPT = Duration.ofSeconds(45);
    private static final String MONITOR = "walcast_slots_monitor_cpu_seconds_total";

    private record Look(long current, long confirmed, long restart) {}

    @Test
    void holdBackNoWalUnlessATransactionDoesWhichIsNamed() {
        try (var trial = Trial.start();
                var noise = WalNoise.start(trial.database(), KILOBYTES_PER_SECOND)) {
            var ops = new OpsView(trial.walcast());
            trailsBySeconds(trial.database(), ops);
            namesTheTransaction(trial.database(), ops);
        }
    }

    private static void trailsBySeconds(Database database, OpsView ops) {
        // The end of the WAL by the time when it was there.
        var written = new TreeMap<Long, Long>();
        var begun = System.nanoTime();
        var cpu = ops.metric(MONITOR);
        double unconfirmed = 0;
        double kept = 0;
        Look first = look(database);
        Look last = first;
        while (System.nanoTime() - begun < OBSERVED.toNanos()) {
            var now = System.nanoTime();
            last = look(database);
            written.put(last.current(), now);
            if (now - begun > LONGEST_KEPT.toNanos()) {
                unconfirmed = Math.max(unconfirmed, behind(written, last.confirmed(), now));
                kept = Math.max(kept, behind(written, last.restart(), now));
            }
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        }
        var share = (ops.metric(MONITOR) - cpu) / ((System.nanoTime() - begun) / 1e9);
        System.out.printf(
                "%d MB written: confirmed trails by at most %.1f s, restart by %.1f s; the monitor took %.2f %% of a core%n",
                (last.current() - first.current()) >> 20, unconfirmed, kept, 100 * share);
        assertThat(unconfirmed).isLessThan(LONGEST_UNCONFIRMED.toSeconds());
        assertThat(kept).isLessThan(LONGEST_KEPT.toSeconds());
        assertThat(share).isLessThan(0.01);
    }

    private static void namesTheTransaction(Database database, OpsView ops) {
        var name = "nightly report " + UUID.randomUUID();
        try (var transaction = database.transaction(name)) {
            var begun = System.nanoTime();
            await("the console names it")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> ops.findings("ATTENTION").stream()
                            .anyMatch(finding ->
                                    finding.startsWith("A transaction holds the WAL back") && finding.contains(name)));
            System.out.printf("after %.0f s: %s%n", (System.nanoTime() - begun) / 1e9, ops.findings("ATTENTION"));
        }
        await("it is forgotten")
                .atMost(Duration.ofSeconds(30))
                .until(() -> ops.findings("ATTENTION").isEmpty());
    }

    /** How long ago the WAL had grown beyond this position, in seconds. */
    private static double behind(TreeMap<Long, Long> written, long position, long now) {
        var passed = written.higherEntry(position);
        return passed == null ? 0 : (now - passed.getValue()) / 1e9;
    }

    private static Look look(Database database) {
        return database.sql().sql("""
                select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as current,
                       pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint as confirmed,
                       pg_wal_lsn_diff(restart_lsn, '0/0')::bigint as restart
                from pg_replication_slots where slot_name = 'walcast'
                """).query(Look.class).single();
    }
}
