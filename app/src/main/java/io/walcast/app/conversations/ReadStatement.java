package io.walcast.app.conversations;

import io.walcast.app.outbox.OutboxTopic;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes read markers. It takes no lock of a conversation's row, so posts do not wait for it. Thread-safe. */
@Repository
class ReadStatement {

    /** The seq up to which a user has read a conversation. */
    record Marker(UUID conversationId, String userId, long seq) {}

    /*
     * A marker that did not move has no event. Rows that another transaction has locked are skipped, so that one of
     * them does not delay all other markers.
     */
    private static final String WRITE = """
            with wanted as (
                select w.conversation_id, w.user_id, least(w.seq, c.last_seq) as seq
                from unnest(cast(:conversations as uuid[]), cast(:users as text[]), cast(:seqs as bigint[]))
                     w (conversation_id, user_id, seq)
                join conversations c on c.id = w.conversation_id
                join members m on m.conversation_id = w.conversation_id and m.user_id = w.user_id
                where least(w.seq, c.last_seq) > m.read_seq
            ), locked as materialized (
                select w.conversation_id, w.user_id, w.seq
                from wanted w join members m on m.conversation_id = w.conversation_id and m.user_id = w.user_id
                for no key update of m skip locked
            ), moved as (
                update members m set read_seq = locked.seq, changed_in = pg_current_xact_id()
                from locked
                where m.conversation_id = locked.conversation_id and m.user_id = locked.user_id and m.read_seq < locked.seq
                returning m.conversation_id, m.user_id, m.read_seq
            ), event as (
                insert into outbox (topic, event_key, payload, headers)
                select :topic, conversation_id,
                       jsonb_build_object('conversationId', conversation_id, 'userId', user_id, 'seq', read_seq), '{}'
                from moved
            )
            select w.conversation_id, w.user_id, w.seq
            from wanted w
            where not exists (select from locked l where l.conversation_id = w.conversation_id and l.user_id = w.user_id)
            """;

    private final JdbcClient jdbc;

    ReadStatement(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Moves markers forward, each at most to the newest message; at most one of a user and a conversation.
     *
     * @return those that were not moved because another transaction has locked their row
     */
    List<Marker> write(List<Marker> markers) {
        return jdbc.sql(WRITE)
                .param("topic", OutboxTopic.CONVERSATION_READ.value())
                .param(
                        "conversations",
                        markers.stream().map(Marker::conversationId).toArray(UUID[]::new))
                .param("users", markers.stream().map(Marker::userId).toArray(String[]::new))
                .param("seqs", markers.stream().map(Marker::seq).toArray(Long[]::new))
                .query(Marker.class)
                .list();
    }
}
