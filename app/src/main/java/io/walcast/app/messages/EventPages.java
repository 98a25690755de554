package io.walcast.app.messages;

import io.walcast.app.limits.Page;
import io.walcast.app.outbox.OutboxTopic;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import io.walcast.startup.EventSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the log of a conversation: every event after a position, with the present state of its subject. Superseded
 * events are left out. Thread-safe.
 */
@Repository
@EnableConfigurationProperties(EventSettings.class)
class EventPages {

    private static final String POSITION = "log.position";

    /*
     * log_page knows no user: whether a reaction is the reader's own is added here. The snapshot of the statement is
     * older than the answer of is_member, so nothing is shown from after a removal. No `exists`: the planner might make
     * a hash of all reactions.
     */
    private static final String PAGE = """
            select p.pos, p.topic, c.last_seq + c.events as last_pos,
                   case when p.topic = 'messaging.reactions_changed' then
                       p.data || jsonb_build_object('reactions', (
                           select coalesce(jsonb_agg(
                                      k.value || jsonb_build_object('mine', (
                                          select r.emoji from reactions r
                                          where r.message_id = (p.data ->> 'messageId')::uuid
                                            and r.emoji = k.value ->> 'emoji' and r.user_id = :user) is not null)
                                      order by k.number), '[]')
                           from jsonb_array_elements(p.data -> 'reactions') with ordinality k (value, number)))
                   else p.data end as data
            from conversations c left join log_page(c.id, :pos, 0, :limit, :bytes) p on true
            where c.id = :conversationId and (select is_member(:conversationId, :user))
            order by p.pos
            """;

    private record Row(
            @Nullable Long pos,
            @Nullable String topic,
            @Nullable String data,
            long lastPos) {}

    private final JdbcClient jdbc;
    private final Map<String, String> ownNames;

    EventPages(JdbcClient jdbc, EventSettings settings) {
        this.jdbc = jdbc;
        this.ownNames = settings.names();
    }

    /**
     * The events after a position.
     *
     * @param bytes about the most that they may take, unless the first one takes more
     * @throws ProblemException {@code history_changed} if the log has no such place yet
     */
    Page<LogEvent> after(UUID conversationId, UserId user, long pos, int limit, long bytes) {
        List<Row> rows = jdbc.sql(PAGE)
                .param("conversationId", conversationId)
                .param("user", user.value())
                .param("pos", pos)
                .param("limit", limit)
                .param("bytes", bytes)
                .query((row, number) -> new Row(
                        row.getObject("pos", Long.class),
                        row.getString("topic"),
                        row.getString("data"),
                        row.getLong("last_pos")))
                .list();
        if (rows.isEmpty()) {
            throw ProblemException.conversationNotFound();
        }
        long lastPos = rows.get(0).lastPos();
        if (pos > lastPos) {
            throw new ProblemException(
                    ProblemType.HISTORY_CHANGED,
                    "The newest event of this conversation has pos " + lastPos
                            + ". If your pos came over a WebSocket, ask again in a second before you drop your copy.");
        }
        List<LogEvent> events = new ArrayList<>();
        long reached = pos;
        long size = 0;
        for (Row row : rows) {
            if (row.pos() != null) {
                var event = event(conversationId, reached, row.pos(), row);
                events.add(event);
                size += 64 + event.data().length();
                reached = row.pos();
            }
        }
        return new Page<>(events, reached < lastPos, size);
    }

    private LogEvent event(UUID conversationId, long from, long pos, Row row) {
        String name = row.topic() == null ? null : nameOf(row.topic());
        return name == null || row.data() == null
                ? new LogEvent(
                        pos,
                        POSITION,
                        "{\"conversationId\": \"" + conversationId + "\", \"from\": " + from + ", \"pos\": " + pos
                                + "}")
                : new LogEvent(pos, name, row.data());
    }

    private @Nullable String nameOf(String topic) {
        String ofChats = OutboxTopic.eventOf(topic);
        return ofChats == null ? ownNames.get(topic) : ofChats;
    }
}
