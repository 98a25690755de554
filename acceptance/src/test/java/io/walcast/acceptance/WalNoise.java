package io.walcast.acceptance;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Somebody else who writes to the same PostgreSQL, evenly: rows of a table that Walcast knows nothing of. */
public final class WalNoise implements AutoCloseable {

    private static final int A_SECOND = 5;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private WalNoise() {}

    /** Begins to write about so many kilobytes of WAL a second. */
    public static WalNoise start(Database database, int kilobytesPerSecond) {
        database.sql()
                .sql("create table if not exists noise (id bigint generated always as identity, filler text)")
                .update();
        // Out of line and not compressed, so that a kilobyte is one.
        database.sql()
                .sql("alter table noise alter filler set storage external")
                .update();
        var noise = new WalNoise();
        noise.clock.scheduleAtFixedRate(
                () -> database.sql()
                        .sql("insert into noise (filler) select repeat('x', 1024) from generate_series(1, ?)")
                        .param(kilobytesPerSecond / A_SECOND)
                        .update(),
                0,
                1_000 / A_SECOND,
                TimeUnit.MILLISECONDS);
        return noise;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
