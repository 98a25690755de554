package io.walcast.relay.kafka;

import io.walcast.relay.events.Topics;
import io.walcast.relay.wal.OutboxRow;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How an outbox row looks in Kafka: key and payload as they are, all else in headers. */
final class EventRecords {

    static final String TOPIC = "walcast-topic";
    static final String OUTBOX_ID = "walcast-outbox-id";
    static final String SEQ = "walcast-seq";
    static final String CREATED_AT = "walcast-created-at";

    private static final JsonMapper JSON = new JsonMapper();

    private EventRecords() {}

    /** @throws RuntimeException if the row could not be delivered to clients */
    static ProducerRecord<String, String> of(OutboxRow row, String kafkaTopic) {
        long seq = Topics.check(row.topic(), row.eventKey(), row.payload());
        var record = new ProducerRecord<>(kafkaTopic, row.eventKey(), row.payload());
        add(record.headers(), TOPIC, row.topic());
        add(record.headers(), OUTBOX_ID, Long.toString(row.id()));
        add(record.headers(), CREATED_AT, row.createdAt());
        if (seq > 0) {
            add(record.headers(), SEQ, Long.toString(seq));
        }
        addAll(record.headers(), row.headers());
        return record;
    }

    /** Tells gateways to put everyone out of the room, for this row will not come. */
    static ProducerRecord<String, String> closeRoom(OutboxRow row, String kafkaTopic) {
        var record = new ProducerRecord<>(kafkaTopic, row.eventKey(), "{}");
        add(record.headers(), TOPIC, Topics.ROOM_CLOSED);
        add(record.headers(), OUTBOX_ID, Long.toString(row.id()));
        return record;
    }

    /** Tells gateways that what their clients have is of another history. */
    static ProducerRecord<String, String> historyChanged(int partition, String kafkaTopic) {
        var record = new ProducerRecord<>(kafkaTopic, partition, Topics.HISTORY_CHANGED, "{}");
        add(record.headers(), TOPIC, Topics.HISTORY_CHANGED);
        add(record.headers(), OUTBOX_ID, "0");
        return record;
    }

    static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The row's own headers, such as the trace context; what is no text is none. */
    private static void addAll(Headers headers, String json) {
        if (json.equals("{}")) {
            return;
        }
        for (var entry : JSON.readTree(json).properties()) {
            JsonNode value = entry.getValue();
            if (value.isString()) {
                add(headers, entry.getKey(), value.stringValue());
            }
        }
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
