package io.walcast.acceptance.benchmark.contender;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Walcast's slot in the hands of somebody who acknowledges nothing; until it is let go, Walcast waits for it. */
public final class HeldSlot implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Connection connection;

    private HeldSlot(Connection connection) {
        this.connection = connection;
    }

    /** Takes it away: the quickest process gets it, so this asks without a pause. */
    public static HeldSlot takeFrom(Walcast walcast, Postgres postgres) {
        var slot = new Slot(postgres, walcast.database(), Walcast.SLOT);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            var connection = slot.connect();
            walcast.sql()
                    .sql("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ?")
                    .param(Walcast.SLOT)
                    .query()
                    .listOfRows();
            while (true) {
                try {
                    slot.open(connection);
                    return new HeldSlot(connection);
                } catch (SQLException e) {
                    if (System.nanoTime() > deadline) {
                        connection.close();
                        throw e;
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the slot could not be taken", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
