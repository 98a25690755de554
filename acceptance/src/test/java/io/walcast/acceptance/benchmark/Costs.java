package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Postgres;
import java.time.Duration;
import java.util.Map;

/** Processor time and WAL that a stretch of a run takes, of the server, PostgreSQL and the load driver itself. */
final class Costs {

    private final Contender contender;
    private final Postgres postgres;
    private final long begin = System.nanoTime();
    private final Duration server;
    private final Duration database;
    private final Duration driver;
    private final long wal;

    Costs(Contender contender, Postgres postgres) {
        this.contender = contender;
        this.postgres = postgres;
        this.server = contender.cpu();
        this.database = postgres.cpu();
        this.driver = driverCpu();
        this.wal = postgres.walBytes();
    }

    /** Puts into the row what was taken so far: of each processor, and of WAL for each message. */
    void into(Map<String, Object> row, long messages) {
        double elapsed = System.nanoTime() - begin;
        double ofServer = contender.cpu().minus(server).toNanos();
        double ofDatabase = postgres.cpu().minus(database).toNanos();
        double ofDriver = driverCpu().minus(driver).toNanos();
        row.put("server CPU %", Math.rint(100 * ofServer / elapsed));
        row.put("PostgreSQL CPU %", Math.rint(100 * ofDatabase / elapsed));
        row.put("driver CPU %", Math.rint(100 * ofDriver / elapsed));
        if (messages > 0) {
            row.put("PostgreSQL us/message", ofDatabase / messages / 1_000);
            row.put("WAL bytes/message", (postgres.walBytes() - wal) / messages);
        }
    }

    private static Duration driverCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
