package io.walcast.acceptance.benchmark.contender;

import io.walcast.db.TestServer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A fresh, durable PostgreSQL, on which each contender has a database of its own. */
public final class Postgres implements AutoCloseable {

    private final TestServer server = TestServer.create(Map.of());

    /** SQL as the superuser in one of the databases. */
    public JdbcClient sql(String database) {
        return JdbcClient.create(server.superuserOf(database));
    }

    String superuser() {
        return server.superuser();
    }

    void provide(String database) {
        server.provide(database);
    }

    String jdbcUrl(String database) {
        return server.url(database);
    }

    /** As other drivers than Java's have it. */
    String url(String database) {
        return "postgres://%s@127.0.0.1:%d/%s".formatted(server.superuser(), server.port(), database);
    }

    /** Processor time of all its processes so far, but for those that have ended. */
    public Duration cpu() {
        return postmaster()
                .descendants()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
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
        return Stream.of(ProcessHandle.of(backend).orElseThrow())
                .map(process -> process.parent().orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        server.close();
    }
}
