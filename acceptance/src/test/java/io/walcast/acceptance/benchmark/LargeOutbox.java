package io.walcast.acceptance.benchmark;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.benchmark.contender.StatementLog;
import io.walcast.acceptance.benchmark.contender.Walcast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An outbox of many rows that do not lie in the order of their ids, as retention leaves it, half of them published, with
 * transactions that stay open: how long starts take, and what statements a relay of 384 MB then makes.
 *
 * <p>After the first start the other half is written while Walcast is away, as in an outage of a night. It starts once on
 * the slot as it is, and once on a new one, with a sweep. Either way it is watched for a while and not until it is done.
 */
final class LargeOutbox implements Section {

    private static final String TABLE = "Large outbox";
    private static final String DATABASE = "walcast_outbox";
    private static final String STATEMENTS = "Statements of a large outbox";
    private static final int TURNS = 5;
    private static final int TRANSACTION = 10_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String FILL = """
            do $$
            begin
                for i in 1..%d loop
                    insert into outbox (topic, event_key, payload, created_at, published_at)
                    select 'messaging.message_created', md5((n %% 100)::text)::uuid,
                           jsonb_build_object('messageId', m, 'conversationId', md5((n %% 100)::text)::uuid,
                               'from', n - 1, 'pos', n,
                               'message', message_json(m, md5((n %% 100)::text)::uuid, 'ada', 'TEXT', rpad('', 100, 'x'),
                                                       null, n, now())),
                           now(), %s
                    from (select n, gen_random_uuid() as m from generate_series((i - 1) * %d + 1, i * %d) n) numbered;
                    commit;
                end loop;
            end
            $$
            """;

    @Override
    public void measure(Setting setting, Report report) {
        var postgres = setting.postgres();
        int half = setting.rows() / 2;
        System.out.println("Filling an outbox of " + setting.rows() + " rows ...");
        postgres.migrate(DATABASE);
        JdbcClient sql = postgres.sql(DATABASE);
        fill(sql, half, "now() - interval '30 min'");
        for (int turn = 0; turn < TURNS; turn++) {
            long lowest = one(sql, "select id from outbox order by id limit 1");
            sql.sql("delete from outbox where id < ?")
                    .param(lowest + half / TURNS / 2)
                    .update();
            sql.sql("vacuum outbox").update();
            fill(sql, half / TURNS / 2, "now() - interval '30 min'");
        }
        sql.sql("analyze outbox").update();
        var log = StatementLog.begin(postgres);
        var properties = Map.of("walcast.outbox.retention", "1h", "walcast.outbox.retention-interval", "2s");
        var options = Stream.concat(
                        Stream.of("-Xmx384m", "-XX:+ExitOnOutOfMemoryError"), setting.javaOptions().stream())
                .toList();
        long begun = System.nanoTime();
        try (var walcast = Walcast.start("Walcast", postgres, DATABASE, properties, options)) {
            add(report, "first start, nothing to deliver", begun, walcast, 0);
            show(report, "first start", log);
            walcast.stop();
            fill(sql, half, "null");
            try (Connection writer =
                            open(setting, "insert into outbox (topic, event_key, payload) values ('t', 'k', '{}')");
                    Connection reader = open(setting, "select 1")) {
                begun = System.nanoTime();
                walcast.restart("STREAMING");
                add(report, "start with half of the rows to replay", begun, walcast, 0);
                watch(setting, report, "replay", walcast, log, sql);
                writer.rollback();
                reader.rollback();
            }
            walcast.stop();
            sql.sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?")
                    .param(DATABASE)
                    .query()
                    .listOfRows();
            begun = System.nanoTime();
            try (Connection reader = open(setting, "select 1")) {
                walcast.restart("SWEEPING");
                long marked = marked(sql);
                await("the sweep delivers").atMost(LIMIT).until(() -> marked(sql) > marked);
                add(report, "start without a slot, until the sweep delivers", begun, walcast, 0);
                watch(setting, report, "sweep", walcast, log, sql);
                reader.rollback();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets it work; meanwhile some published rows become old enough to be deleted. */
    private static void watch(
            Setting setting, Report report, String phase, Walcast walcast, StatementLog log, JdbcClient sql) {
        long scans = scans(sql);
        long marked = marked(sql);
        long begun = System.nanoTime();
        long lowest = one(sql, "select id from outbox order by id limit 1");
        sql.sql(
                        "update outbox set published_at = now() - interval '2 h' where id between ? and ? and published_at < now()")
                .params(lowest, lowest + setting.rows() / 100)
                .update();
        long ours = marked(sql) - marked;
        LockSupport.parkNanos(setting.duration().toNanos());
        double seconds = (System.nanoTime() - begun) / 1e9;
        // What is marked shows in the statistics a second late, at both ends.
        add(
                report,
                phase + " for " + Math.round(seconds) + " s",
                begun,
                walcast,
                (marked(sql) - marked - ours) / seconds);
        var row = Report.row(phase + ": scans of the whole outbox");
        row.put("statements", scans(sql) - scans);
        report.add(STATEMENTS, row);
        show(report, phase, log);
    }

    private static void add(Report report, String what, long begun, Walcast walcast, double rowsPerSecond) {
        var row = Report.row(what);
        row.put("seconds", (System.nanoTime() - begun) / 1e9);
        row.put("resident MB", residentMegabytes(walcast));
        row.put("rows/s", rowsPerSecond);
        report.add(TABLE, row);
    }

    private static void show(Report report, String phase, StatementLog log) {
        log.next().forEach((kind, measured) -> {
            var row = Report.row(phase + ": " + kind);
            row.put("statements", measured.count());
            row.put("median ms", measured.median());
            row.put("longest ms", measured.longest());
            row.put("plan", String.join(", ", measured.access()));
            report.add(STATEMENTS, row);
        });
    }

    private static void fill(JdbcClient sql, int rows, String publishedAt) {
        int each = Math.min(rows, TRANSACTION);
        sql.sql(FILL.formatted(rows / each, publishedAt, each, each)).update();
    }

    /** A transaction that sees, and keeps, what is deleted from now on. */
    private static Connection open(Setting setting, String first) {
        try {
            Connection connection = setting.postgres().superuserOf(DATABASE).getConnection();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (var statement = connection.createStatement()) {
                statement.execute(first);
            }
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long marked(JdbcClient sql) {
        return one(sql, "select n_tup_upd from pg_stat_user_tables where relname = 'outbox'");
    }

    private static long scans(JdbcClient sql) {
        return one(sql, "select seq_scan from pg_stat_user_tables where relname = 'outbox'");
    }

    private static long one(JdbcClient sql, String query) {
        return sql.sql(query).query(Long.class).single();
    }

    private static long residentMegabytes(Walcast walcast) {
        try {
            return Files.readAllLines(
                            Path.of("/proc", Long.toString(walcast.process().pid()), "status"))
                    .stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findAny()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
