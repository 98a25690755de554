package io.walcast.acceptance.log;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * A client that gets outbox rows as they are committed, and what a relay reads from the table in place of rows that have
 * no pos or that were scrubbed. It keeps what it knew at some positions. Used by one thread at a time.
 */
final class LiveReader {

    private static final int KEPT_EVERY = 100;

    private record Row(long id, String topic, String payload) {}

    private final JdbcClient jdbc;
    private final UUID conversation;
    private final ConversationState state = new ConversationState(0);
    private final LogReader log;
    private final List<ConversationState> kept = new ArrayList<>();
    private long id;

    LiveReader(JdbcClient jdbc, UUID conversation) {
        this.jdbc = jdbc;
        this.conversation = conversation;
        this.log = new LogReader(jdbc, conversation);
    }

    UUID conversation() {
        return conversation;
    }

    ConversationState state() {
        return state;
    }

    /** What this client knew at earlier positions. */
    List<ConversationState> kept() {
        return kept;
    }

    /** Takes the rows that were committed since; under the lock of the conversation, ids rise in the order of commits. */
    void read() {
        var rows = jdbc.sql("""
                        select id, topic, payload::text as payload from outbox
                        where event_key = ? and id > ? order by id limit 50
                        """)
                .params(conversation.toString(), id)
                .query(Row.class)
                .list();
        for (var row : rows) {
            id = row.id();
            var payload = ConversationLogIT.json(row.payload());
            if (payload.has("pos") && !payload.has("scrubbed")) {
                take(row.topic(), payload);
            } else {
                log.readAll(state, 0, 50, 1_000_000);
            }
            if (state.pos() / KEPT_EVERY > kept.size()) {
                kept.add(state.copy());
            }
        }
        if (rows.size() == 50) {
            read();
        }
    }

    private void take(String topic, JsonNode payload) {
        if (topic.equals("messaging.conversation_created")) {
            payload.path("members")
                    .forEach(member -> state.member(member.path("userId").stringValue(), member));
        }
        if (!state.apply(LogReader.event(topic), payload)) {
            throw new AssertionError("after %d comes %s".formatted(state.pos(), payload));
        }
    }
}
