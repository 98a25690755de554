package io.walcast.relay.wal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Reads an outbox row out of the engine's record. */
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

    /** Where the record stands in the WAL, in bytes from its beginning; 0 if it does not say. */
    static long lsn(SourceRecord record) {
        return lsn(record.sourceOffset());
    }

    /** The same of a record's offset. */
    static long lsn(Map<String, ?> offset) {
        return offset.get("lsn") instanceof Long lsn ? lsn : 0;
    }
}
