package io.walcast.relay.wal;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the engine's record of an inserted row to the row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChangeBenchmark {

    private final SourceRecord record = record();

    @Benchmark
    public OutboxRow changeToRow() {
        return OutboxRecords.read(record);
    }

    private static SourceRecord record() {
        Schema row = SchemaBuilder.struct()
                .optional()
                .field("id", Schema.INT64_SCHEMA)
                .field("topic", Schema.STRING_SCHEMA)
                .field("event_key", Schema.STRING_SCHEMA)
                .field("payload", Schema.STRING_SCHEMA)
                .field("headers", Schema.STRING_SCHEMA)
                .field("created_at", Schema.STRING_SCHEMA)
                .build();
        Schema source = SchemaBuilder.struct()
                .field("lsn", Schema.INT64_SCHEMA)
                .field("ts_us", Schema.INT64_SCHEMA)
                .build();
        Schema change = SchemaBuilder.struct()
                .field("after", row)
                .field("source", source)
                .build();
        var after = new Struct(row)
                .put("id", 4_711L)
                .put("topic", "messaging.message_created")
                .put("event_key", "0190a6f0-0000-7000-8000-000000000001")
                .put("payload", "{\"message\": {\"seq\": 1}}")
                .put("headers", "{}")
                .put("created_at", "2026-01-01T00:00:00.000000Z");
        var position = new Struct(source)
                .put("lsn", 1_234_567L)
                .put("ts_us", TimeUnit.SECONDS.toMicros(Instant.now().getEpochSecond()));
        var value = new Struct(change).put("after", after).put("source", position);
        return new SourceRecord(Map.of(), Map.of("lsn", 1_234_567L), "outbox", change, value);
    }
}
