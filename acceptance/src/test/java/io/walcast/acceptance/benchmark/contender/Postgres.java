package io.walcast.acceptance.benchmark.contender;

import io.walcast.db.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A fresh, durable PostgreSQL, on which each contender has a database of its own. */
public final class Postgres implements AutoCloseable {

    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int ENDED_CHILDREN_USER = 13;
    private static final int ENDED_CHILDREN_SYSTEM = 14;
    private static final int MILLIS_PER_TICK = 10;

    // A slot has to outlive all that is written while Walcast is away.
    private final TestServer server = TestServer.create(Map.of("max_slot_wal_keep_size", "-1"));

    /** SQL as the superuser in one of the databases. */
    public JdbcClient sql(String database) {
        return JdbcClient.create(superuserOf(database));
    }

    public DataSource superuserOf(String database) {
        return server.superuserOf(database);
    }

    /** What the server says, from its start on. */
    Path log() {
        return server.log();
    }

    public String superuser() {
        return server.superuser();
    }

    void provide(String database) {
        server.provide(database);
    }

    /** Creates a database with the tables, and nothing in them. */
    public void migrate(String database) {
        provide(database);
        Flyway.configure().dataSource(superuserOf(database)).load().migrate();
    }

    public String jdbcUrl(String database) {
        return server.url(database);
    }

    /** As other drivers than Java's have it. */
    String url(String database) {
        return "postgres://%s@127.0.0.1:%d/%s".formatted(server.superuser(), server.port(), database);
    }

    /** Processor time of all its processes so far, those that have ended included. Reads Linux's {@code /proc}. */
    public Duration cpu() {
        var postmaster = postmaster();
        long ticks = ticks(postmaster, USER, SYSTEM, ENDED_CHILDREN_USER, ENDED_CHILDREN_SYSTEM)
                + postmaster
                        .descendants()
                        .mapToLong(process -> ticks(process, USER, SYSTEM))
                        .sum();
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /** The sum of fields of {@code /proc/[pid]/stat}, counted after the name of the program. */
    private static long ticks(ProcessHandle process, int... fields) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            var values = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Arrays.stream(fields)
                    .mapToLong(field -> Long.parseLong(values[field]))
                    .sum();
        } catch (IOException e) {
            return 0; // it has ended, and counts as a child that has
        }
    }

    /**
     * Gives the WAL files to recycle, as one that is five minutes old has. One that is new fills each of its files with
     * zeros first, for 50 ms in which nothing commits.
     */
    public void checkpoint() {
        sql("postgres").sql("checkpoint").update();
    }

    /** Bytes of WAL that were ever written. */
    public long walBytes() {
        return sql("postgres")
                .sql("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
                .query(Long.class)
                .single();
    }

    private ProcessHandle postmaster() {
        long backend = sql("postgres")
                .sql("select pid from pg_stat_activity where backend_type = 'checkpointer'")
                .query(Long.class)
                .single();
        return ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
    }

    @Override
    public void close() {
        server.close();
    }
}
