package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.ops.slots.SlotMonitor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An outbox whose rows lie in the table in another order than they were written in, after deletions. */
class LargeOutboxIT {

    private static final int SETTLED = 150_000;
    private static final int UNSETTLED = 30_000;
    private static final String INSERT = "insert into outbox (topic, event_key, payload) values ('t', 'k', '{}')";

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
    void nothingThatTheRelayDoesReadsTheWholeOutbox() throws Exception {
        fillWithRowsOutOfOrder();
        append(UNSETTLED, "null");
        outbox.jdbc().sql("analyze outbox").update();
        // In this order: the statistics of a connection are complete when it has ended.
        long scansBefore = scans();
        var settings = Map.<String, Object>of(
                "walcast.outbox.retention-interval", "500ms",
                "walcast.ops.slots.interval", "200ms");
        try (var relay = RelayProcess.launch(database, settings, RecordingSink.class)) {
            var sink = relay.bean(RecordingSink.class);
            relay.awaitStreaming();
            assertThat(sink.takenIds()).hasSize(UNSETTLED).isSorted();
            try (Connection writer = openTransaction(INSERT)) {
                append(2_000, "null");
                await().until(() -> sink.takenIds().size() == UNSETTLED + 2_000);
                relay.bean(LowWater.class).advance();
                relay.bean(LowWater.class).advance();
                await().until(() -> relay.bean(SlotMonitor.class)
                        .newest()
                        .filter(sample -> sample.backlog().unpublished() == 0)
                        .isPresent());
                writer.commit();
            }
            await().until(() -> sink.takenIds().size() == UNSETTLED + 2_001);
        }
        append(5_000, "null");
        try (var restarted = RelayProcess.start(database, RecordingSink.class)) {
            await().until(() -> restarted.bean(RecordingSink.class).takenIds().size() >= 5_000);
        }

        assertThat(scans()).isEqualTo(scansBefore);
    }

    @Test
    void anUnsettledRowIsFoundThroughThePrimaryKeyWhateverThePlannerKnows() {
        fillWithRowsOutOfOrder();
        for (String mode : List.of("force_custom_plan", "force_generic_plan")) {
            outbox.jdbc().sql("analyze outbox").update();
            assertThat(plan(mode)).contains("outbox_pkey").doesNotContain("Seq Scan on outbox ");
            outbox.jdbc()
                    .sql("delete from pg_statistic where starelid = 'outbox'::regclass")
                    .update();
            assertThat(plan(mode)).contains("outbox_pkey").doesNotContain("Seq Scan on outbox ");
        }
    }

    @Test
    void theQueryOfTheManualReadsFromTheLowWaterOn() {
        fillWithRowsOutOfOrder();
        outbox.jdbc()
                .sql("insert into relay_slots (slot_name, low_water_id) select 'walcast', max(id) - 100 from outbox")
                .update();
        String plan =
                String.join("\n", outbox.jdbc().sql("""
                explain select count(*) as unpublished, now() - min(u.created_at) as oldest
                from relay_slots s, unsettled_outbox(s.low_water_id, 9223372036854775807) u
                where s.slot_name = 'walcast'
                """).query(String.class).list());

        assertThat(plan).contains("outbox_pkey").doesNotContain("Seq Scan on outbox ");
    }

    @Test
    void settledRowsOfALongReplayAreNotSentAgain() {
        RelayProcess.start(database, RecordingSink.class).close();
        append(20_000, "null");
        outbox.jdbc()
                .sql("update outbox set published_at = now() where id % 3 = 0")
                .update();
        outbox.jdbc()
                .sql("insert into outbox_parked (outbox_id) select id from outbox where id % 3 = 1")
                .update();
        List<Long> unsettled = outbox.jdbc()
                .sql("select id from outbox where id % 3 = 2 order by id")
                .query(Long.class)
                .list();
        try (var relay = RelayProcess.start(database, RecordingSink.class)) {
            List<Long> after = append(10, "null");
            await().until(() -> relay.bean(RecordingSink.class).takenIds().containsAll(after));

            assertThat(relay.bean(RecordingSink.class).takenIds())
                    .hasSize(unsettled.size() + after.size())
                    .startsWith(unsettled.toArray(Long[]::new));
        }
    }

    @Test
    void retentionContinuesWhereItEndedThoughAnOldTransactionKeepsTheTracesOfWhatItDeleted() throws Exception {
        int rounds = 60;
        append(rounds * 1_000 + 500, "now()");
        long readBefore;
        try (var relay = RelayProcess.start(database, RecordingSink.class);
                Connection reader = openTransaction("select count(*) from outbox")) {
            readBefore = indexEntriesRead();
            var retention = relay.bean(Retention.class);
            for (int round = 0; round < rounds; round++) {
                outbox.jdbc()
                        .sql("update outbox set published_at = now() - interval '2 days' where id between ? and ?")
                        .params(round * 1_000 + 1, round * 1_000 + 1_000)
                        .update();
                retention.deleteOld(Instant.now());
            }
            reader.rollback();
        }
        // The connections have ended, so the statistics are complete. From the beginning each time it would be
        // 60 * 59 / 2 thousand for the search alone.
        assertThat(indexEntriesRead() - readBefore).isLessThan(rounds * 10_000L);
        assertThat(count("select count(*) from outbox")).isEqualTo(500);
    }

    @Test
    void onlyATransactionThatWroteIntoTheOutboxHoldsTheLowWater() throws Exception {
        try (var relay = RelayProcess.start(database, RecordingSink.class);
                Connection elsewhere = openTransaction("insert into conversations (id) values (gen_random_uuid())");
                Connection writer = openTransaction(INSERT)) {
            List<Long> ids = append(100, "now()");
            var lowWater = relay.bean(LowWater.class);
            for (int round = 0; round < 5; round++) {
                lowWater.advance();
            }
            assertThat(storedLowWater()).isZero();
            assertThat(lowWater.floor()).isGreaterThan(ids.get(99));

            writer.rollback();
            lowWater.advance();
            lowWater.advance();
            assertThat(storedLowWater()).isEqualTo(ids.get(99) + 1);
            elsewhere.rollback();
        }
    }

    /** Rows of two ages share the pages, and those that are not settled yet lie where deleted ones were. */
    private void fillWithRowsOutOfOrder() {
        outbox.jdbc().sql("alter table outbox set (autovacuum_enabled = off)").update();
        append(SETTLED / 2, "now()");
        append(SETTLED / 2, "now()");
        outbox.jdbc().sql("delete from outbox where id % 5 < 3").update();
        outbox.jdbc().sql("vacuum outbox").update();
        append(SETTLED / 2, "now()");
    }

    private List<Long> append(int rows, String publishedAt) {
        return outbox.jdbc()
                .sql("""
                        insert into outbox (topic, event_key, payload, published_at)
                        select 'test.topic', 'key ' || n %% 7, jsonb_build_object('n', n, 'text', repeat('x', 100)), %s
                        from generate_series(1, ?) n
                        returning id
                        """.formatted(publishedAt))
                .param(rows)
                .query(Long.class)
                .list();
    }

    private Connection openTransaction(String sql) throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private String plan(String mode) {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = " + mode);
            statement.execute("prepare lowest(bigint, bigint) as select min(id) from unsettled_outbox($1, $2)");
            var plan = new StringBuilder();
            try (var lines = statement.executeQuery("explain execute lowest(100001, 105000)")) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
            return plan.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long scans() {
        return count("select seq_scan from pg_stat_user_tables where relname = 'outbox'");
    }

    private long indexEntriesRead() {
        return count("select idx_tup_read from pg_stat_user_indexes where indexrelname = 'outbox_pkey'");
    }

    private long storedLowWater() {
        return count("select low_water_id from relay_slots where slot_name = '" + database.name() + "'");
    }

    private long count(String sql) {
        return outbox.jdbc().sql(sql).query(Long.class).single();
    }
}
