package io.walcast.relay.ops.console;

import io.walcast.relay.delivery.CanaryRows;
import io.walcast.relay.delivery.UnsettledRows;
import io.walcast.relay.runtime.RelayDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * Reads outbox rows for the console. The table has no index for these queries, on purpose. So a query reads a bounded
 * number of rows: the newest ones, or as many waiting ones as it can read in two seconds.
 */
@Component
class OutboxBrowser {

    static final int LOOKED_AT = 20_000;
    private static final int PAGE = 50;

    /** The rows that a query selects. */
    enum Which {
        /** The newest, whatever became of them; canaries only if their topic is asked for. */
        RECENT,
        /** Neither published nor parked, the oldest first. */
        PENDING,
        /** Given up, the newest first. */
        PARKED
    }

    private static final String COLUMNS = """
            select id, left(topic, 200) as topic, left(event_key, 200) as event_key, created_at, published_at, parked_at,
                   attempts, left(last_error, 1000) as last_error
            """;

    private static final String FILTER = """
            where (:topic::text is null or topic = :topic) and (:key::text is null or event_key = :key)
            """;

    private static final String RECENT = COLUMNS + """
            from (select * from outbox order by id desc limit :most) newest left join outbox_parked on outbox_id = id
            """ + FILTER + """
              and (:topic::text is not null or topic <> :canary)
            order by id desc limit :page
            """;

    private static final String PENDING = COLUMNS + """
            from (select *, null::timestamptz as parked_at from unsettled_outbox(:first, :last)) waiting
            """ + FILTER + "order by id limit :page";

    private static final String PARKED =
            COLUMNS + "from outbox_parked join outbox on outbox_id = id " + FILTER + "order by id desc limit :page";

    private static final String ONE = """
            select left(payload::text, 65536) as payload, left(headers::text, 4096) as headers from outbox where id = ?
            """;

    /** A row without its content. */
    record Row(
            long id,
            String topic,
            String eventKey,
            Instant createdAt,
            @Nullable Instant publishedAt,
            @Nullable Instant parkedAt,
            int attempts,
            @Nullable String lastError) {}

    /** The content of a row, as JSON; a long payload is cut after 64 Ki characters. */
    record Content(String payload, String headers) {}

    private final UnsettledRows unsettled;
    private final JdbcClient jdbc;

    OutboxBrowser(UnsettledRows unsettled, RelayDatabase database) {
        this.unsettled = unsettled;
        this.jdbc = database.jdbc();
    }

    /** Up to 50 rows; a null filter is none. */
    List<Row> rows(Which which, @Nullable String topic, @Nullable String eventKey) {
        return switch (which) {
            case RECENT ->
                rows(filtered(RECENT, topic, eventKey, PAGE)
                        .param("canary", CanaryRows.TOPIC)
                        .param("most", LOOKED_AT));
            case PENDING -> pending(topic, eventKey);
            case PARKED -> rows(filtered(PARKED, topic, eventKey, PAGE));
        };
    }

    private List<Row> pending(@Nullable String topic, @Nullable String eventKey) {
        List<Row> found = new ArrayList<>();
        unsettled.walk(range -> {
            found.addAll(rows(filtered(PENDING, topic, eventKey, PAGE - found.size())
                    .param("first", range.first())
                    .param("last", range.last())));
            return found.size() < PAGE;
        });
        return found;
    }

    private StatementSpec filtered(String sql, @Nullable String topic, @Nullable String eventKey, int atMost) {
        return jdbc.sql(sql).param("topic", topic).param("key", eventKey).param("page", atMost);
    }

    private static List<Row> rows(StatementSpec statement) {
        return statement
                .query((row, number) -> new Row(
                        row.getLong("id"),
                        row.getString("topic"),
                        row.getString("event_key"),
                        row.getTimestamp("created_at").toInstant(),
                        instant(row, "published_at"),
                        instant(row, "parked_at"),
                        row.getInt("attempts"),
                        row.getString("last_error")))
                .list();
    }

    Optional<Content> content(long id) {
        return jdbc.sql(ONE).param(id).query(Content.class).optional();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
