package io.walcast.relay.wal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Reads outbox rows from the records of Debezium's engine. */
final class OutboxRecords {

    /** A publication that somebody changed may bring updates too, such as our own marks. */
    private static final String INSERT = "c";

    private OutboxRecords() {}

    /** The row that the record inserts; null for a heartbeat, which is a position only. */
    static @Nullable OutboxRow read(SourceRecord record) {
        if (!(record.value() instanceof Struct change) || change.schema().field("after") == null) {
            return null;
        }
        Struct after = change.getStruct("after");
        if (after == null || !INSERT.equals(change.getString("op"))) {
            return null;
        }
        Struct source = change.getStruct("source");
        return new OutboxRow(
                after.getInt64("id"),
                after.getString("topic"),
                after.getString("event_key"),
                after.getString("payload"),
                after.getString("headers"),
                after.getString("created_at"),
                source.getInt64("lsn"),
                Instant.EPOCH.plus(source.getInt64("ts_us"), ChronoUnit.MICROS),
                Instant.now());
    }

    /** The position of the record in the WAL, in bytes from its beginning; 0 if it has none. */
    static long lsn(SourceRecord record) {
        return lsn(record.sourceOffset(), "lsn");
    }

    /**
     * The position up to which the slot is acknowledged with this offset. Transactions overlap in the WAL: a row may
     * stand before the commit of the transaction that the slot brought before it. Then the engine acknowledges that
     * commit.
     */
    static long acknowledged(Map<String, ?> offset) {
        return Math.max(lsn(offset, "lsn"), lsn(offset, "lsn_commit"));
    }

    private static long lsn(Map<String, ?> offset, String key) {
        return offset.get(key) instanceof Long lsn ? lsn : 0;
    }
}
