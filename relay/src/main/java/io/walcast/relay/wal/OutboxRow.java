package io.walcast.relay.wal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the outbox, as it was inserted.
 *
 * @param id the row's identity
 * @param topic the kind of event, as in {@code messaging.message_created}
 * @param eventKey the conversation id
 * @param payload JSON
 * @param headers JSON object about the row: {@code traceparent}, if its post belongs to a trace
 * @param createdAt when it was written, in ISO 8601
 * @param lsn the position of the insert in the WAL; 0 when the row was read from the table
 * @param committedAt when its transaction committed; null when the row was read from the table
 * @param readAt when the relay read it
 */
public record OutboxRow(
        long id,
        String topic,
        String eventKey,
        String payload,
        String headers,
        String createdAt,
        long lsn,
        @Nullable Instant committedAt,
        Instant readAt) {

    /** The row with another payload. */
    public OutboxRow withPayload(String other) {
        return new OutboxRow(id, topic, eventKey, other, headers, createdAt, lsn, committedAt, readAt);
    }
}
