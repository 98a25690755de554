package io.walcast.acceptance.benchmark.contender;

import java.nio.ByteBuffer;
import java.sql.SQLException;

/** Reads a slot of its own with nothing but the driver: what no relay that reads the WAL through pgjdbc can beat. */
public final class RawReader {

    private final Slot slot;

    /** Its stream begins now. */
    public RawReader(Postgres postgres, String database) {
        this.slot = new Slot(postgres, database, "raw_reader").create();
    }

    /** Reads that many inserts, and returns how many a second. */
    public double count(int rows) {
        try (var connection = slot.connect();
                var stream = slot.open(connection)) {
            long first = 0;
            for (int inserts = 0; inserts < rows; ) {
                ByteBuffer message = stream.read();
                if (message.get(message.position()) == 'I') {
                    inserts++;
                    first = first == 0 ? System.nanoTime() : first;
                }
            }
            return rows * 1e9 / (System.nanoTime() - first);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            slot.drop();
        }
    }
}
