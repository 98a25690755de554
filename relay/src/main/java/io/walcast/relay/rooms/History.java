package io.walcast.relay.rooms;

import io.walcast.relay.RelayDatabase;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads conversations from the tables: who may join, how far they go, and their messages in pages. */
@Component
class History {

    /** At most this many messages a page, and about this many bytes of content: a page is what a catch-up holds in memory. */
    static final int PAGE_MESSAGES = 100;

    private static final int PAGE_BYTES = 128 * 1024;

    private static final String TAIL = """
            select last_seq,
                   (select system_identifier from pg_control_system()) || '-'
                     || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as epoch
            from conversations c
            where id = :conversation
              and exists (select from members m where m.conversation_id = c.id and m.user_id = :user)
            """;

    private static final String PAGE = """
            select seq, message_json(id, conversation_id, sender_id, type, content, parent_id, seq, created_at) as json
            from (
                select *, sum(coalesce(octet_length(content), 0)) over (order by seq) - coalesce(octet_length(content), 0) as bytes_before
                from (
                    select id, conversation_id, sender_id, type, content, parent_id, seq, created_at
                    from messages
                    where conversation_id = :conversation and seq > :after
                    order by seq
                    limit :messages
                ) page
            ) page
            where bytes_before <= :bytes
            order by seq
            """;

    record Tail(long lastSeq, String epoch) {}

    private record Row(long seq, String json) {}

    private final JdbcClient jdbc;

    History(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    /** How far the conversation goes; empty if there is none or the user is not a member. */
    Optional<Tail> tail(UUID conversationId, String userId) {
        return jdbc.sql(TAIL)
                .param("conversation", conversationId)
                .param("user", userId)
                .query(Tail.class)
                .optional();
    }

    /** The next messages behind {@code after}, in order; empty if there are none. */
    List<RoomEvent> page(UUID conversationId, long after) {
        return jdbc
                .sql(PAGE)
                .param("conversation", conversationId)
                .param("after", after)
                .param("messages", PAGE_MESSAGES)
                .param("bytes", PAGE_BYTES)
                .query(Row.class)
                .list()
                .stream()
                .map(row -> RoomEvent.message(conversationId, row.seq(), row.json()))
                .toList();
    }
}
