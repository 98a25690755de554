package io.walcast.relay.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.relay.events.EventKind;
import io.walcast.relay.events.EventKind.Loss;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.OutboxRow;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Maps outbox rows to Kafka records: key and payload are the row's, everything else is in headers. */
final class EventRecords {

    static final String TOPIC = "walcast-topic";
    static final String OUTBOX_ID = "walcast-outbox-id";
    static final String SEQ = "walcast-seq";
    static final String POS = "walcast-pos";
    static final String CREATED_AT = "walcast-created-at";

    /** {@link #TOPIC} of a record that is no row: all clients leave one room, whose row could not be delivered. */
    static final String ROOM_CLOSED = "walcast.room_closed";

    /** {@link #TOPIC} of a record that is no row: one room reads the table up to a row that could not be delivered. */
    static final String ROW_LOST = "walcast.row_lost";

    /**
     * {@link #TOPIC} of a record that is no row: all clients leave every room, because the server has another history.
     */
    static final String HISTORY_CHANGED = "walcast.history_changed";

    /** The frames of a batch with one record, of the record, and of one header: 61, 36 and 10 bytes at most. */
    private static final int FRAME_BYTES = 100;

    private static final int HEADER_FRAME_BYTES = 10;

    private static final JsonMapper JSON = new JsonMapper();

    private EventRecords() {}

    /** @throws UndeliverableException if the row could not be delivered to clients */
    static ProducerRecord<byte[], byte[]> of(OutboxRow row, EventKind kind, String kafkaTopic) {
        EventKind.Numbers numbers = kind.check(row.eventKey(), row.payload());
        var record = record(row, kafkaTopic, row.payload());
        add(record.headers(), TOPIC, row.topic());
        add(record.headers(), OUTBOX_ID, Long.toString(row.id()));
        add(record.headers(), CREATED_AT, row.createdAt());
        if (numbers.seq() > 0) {
            add(record.headers(), SEQ, Long.toString(numbers.seq()));
        }
        if (numbers.pos() > 0) {
            add(record.headers(), POS, Long.toString(numbers.pos()));
        }
        addAll(record.headers(), row.headers());
        return record;
    }

    /** The record that tells gateways that this row will not come; null if they need none. */
    static @Nullable ProducerRecord<byte[], byte[]> lost(OutboxRow row, Loss loss, String kafkaTopic) {
        return switch (loss) {
            case ROOM -> lost(row, ROOM_CLOSED, kafkaTopic);
            case TABLE -> lost(row, ROW_LOST, kafkaTopic);
            case NOTHING -> null;
        };
    }

    private static ProducerRecord<byte[], byte[]> lost(OutboxRow row, String topic, String kafkaTopic) {
        var record = record(row, kafkaTopic, "{}");
        add(record.headers(), TOPIC, topic);
        add(record.headers(), OUTBOX_ID, Long.toString(row.id()));
        return record;
    }

    /** The record that tells gateways that the server has another history. */
    static ProducerRecord<byte[], byte[]> historyChanged(int partition, String kafkaTopic) {
        var record = new ProducerRecord<>(kafkaTopic, partition, HISTORY_CHANGED.getBytes(UTF_8), "{}".getBytes(UTF_8));
        add(record.headers(), TOPIC, HISTORY_CHANGED);
        add(record.headers(), OUTBOX_ID, "0");
        return record;
    }

    /** The size of the record in a batch of its own, uncompressed, in bytes; never too small. */
    static long size(ProducerRecord<byte[], byte[]> record) {
        long bytes = FRAME_BYTES + record.key().length + record.value().length;
        for (Header header : record.headers()) {
            bytes += HEADER_FRAME_BYTES + header.key().getBytes(UTF_8).length + header.value().length;
        }
        return bytes;
    }

    static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static ProducerRecord<byte[], byte[]> record(OutboxRow row, String kafkaTopic, String value) {
        return new ProducerRecord<>(kafkaTopic, row.eventKey().getBytes(UTF_8), value.getBytes(UTF_8));
    }

    /** Adds the row's own headers, such as the trace context. A value that is not a string is left out. */
    private static void addAll(Headers headers, String json) {
        if (json.equals("{}")) {
            return;
        }
        try {
            for (var entry : JSON.readTree(json).properties()) {
                JsonNode value = entry.getValue();
                if (value.isString()) {
                    add(headers, entry.getKey(), value.stringValue());
                }
            }
        } catch (JacksonException e) {
            throw new UndeliverableException("the headers cannot be read: " + e.getOriginalMessage());
        }
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
