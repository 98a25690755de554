package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows whose delivery was given up: shows them, and sends them again. Thread-safe. */
@Component
public class Parked {

    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);

    private static final int BATCH = 1_000;
    private static final int ATTEMPTS = 5;

    private static final String LIST = """
            select id, left(topic, 200) as topic, left(event_key, 200) as event_key, created_at, parked_at, attempts,
                   left(last_error, 1000) as last_error
            from outbox_parked join outbox on id = outbox_id
            order by id
            limit ?
            """;

    /** A parked row. Its payload is not shown, since it may be a private message. */
    public record Row(
            long id,
            String topic,
            String eventKey,
            Instant createdAt,
            Instant parkedAt,
            int attempts,
            String lastError) {}

    private final JdbcClient jdbc;

    Parked(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    /** The oldest parked rows. */
    public List<Row> list(int atMost) {
        return jdbc.sql(LIST)
                .param(atMost)
                .query((row, number) -> new Row(
                        row.getLong("id"),
                        row.getString("topic"),
                        row.getString("event_key"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("parked_at").toInstant(),
                        row.getInt("attempts"),
                        row.getString("last_error")))
                .list();
    }

    /** Replaces every row that is parked now by a new one, the oldest first; returns their number. */
    public int redriveAll() {
        long[] ids =
                jdbc.sql("select outbox_id from outbox_parked order by outbox_id").query(Long.class).list().stream()
                        .mapToLong(Long::longValue)
                        .toArray();
        int redriven = 0;
        for (int from = 0; from < ids.length; from += BATCH) {
            long[] batch = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + BATCH));
            redriven += withoutDeadlock(() -> jdbc.sql("select count(redrive_outbox(id)) from unnest(?) as parked (id)")
                    .param(batch)
                    .query(Integer.class)
                    .single());
        }
        LOG.info("{} parked outbox rows are sent again", redriven);
        return redriven;
    }

    /**
     * Replaces the row by a new one, which is delivered as usual.
     *
     * @return the id of the new row; empty if no such row is parked
     */
    public OptionalLong redrive(long id) {
        Optional<Long> replaced = withoutDeadlock(() -> jdbc.sql("select redrive_outbox(?)")
                .param(id)
                .query((row, number) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single());
        replaced.ifPresent(newId -> LOG.info("Outbox row {} is sent again as row {}", id, newId));
        return replaced.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** A redrive and an edit of the same message may wait for each other. PostgreSQL ends one of them. */
    private static <T> T withoutDeadlock(Supplier<T> statement) {
        for (int attempt = 1; ; attempt++) {
            try {
                return statement.get();
            } catch (PessimisticLockingFailureException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.debug("A redrive is tried again: {}", e.getMessage());
            }
        }
    }
}
