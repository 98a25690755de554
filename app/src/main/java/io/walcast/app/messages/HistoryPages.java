package io.walcast.app.messages;

import io.walcast.app.limits.Page;
import io.walcast.identity.UserId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads pages of the messages of a conversation, each with its reactions. Thread-safe. */
@Repository
class HistoryPages {

    /** The side of a seq on which the messages of a page are. The page has those that are nearest to the seq. */
    enum Side {
        AFTER,
        BEFORE,
        AROUND
    }

    /*
     * The page is cut before any content is read: PostgreSQL knows its length without it. The messages that are
     * farthest from the requested seq are cut off. A message is counted as its text, its reactions and 256 bytes.
     *
     * There is no `exists` and no plain join, so that every plan looks single rows up by an index: in a long conversation
     * the planner expects any message to be a neighbour, and scans the table for one; and it may hash all reactions.
     */
    private static final String PAGE = """
            with near as (
                (select * from messages
                 where conversation_id = :conversationId and seq > :after
                 order by seq limit :newer)
                union all
                (select * from messages
                 where conversation_id = :conversationId and seq < :before
                 order by seq desc limit :older)
            ), measured as (
                select near.*, state.kinds, state.version as kinds_version, row_number() over nearest as place,
                       sum(256 + octet_length(sender_id) + coalesce(octet_length(content), 0)
                           + coalesce(octet_length(state.kinds::text), 0)) over nearest as bytes
                from near
                left join lateral (select * from reaction_states where message_id = near.id limit 1) state on true
                window nearest as (order by abs(seq - :seq), seq)
            ), m as (
                select * from measured where place = 1 or bytes <= :bytes
            )
            select /* columns */, max(m.bytes) over () as page_bytes,
                   (select o.seq from messages o
                    where o.conversation_id = :conversationId and o.seq < (select min(seq) from m)
                    order by o.seq desc limit 1) is not null as has_older,
                   (select n.seq from messages n
                    where n.conversation_id = :conversationId and n.seq > (select max(seq) from m)
                    order by n.seq limit 1) is not null as has_newer
            from m
            cross join lateral (select m.id as message_id, m.kinds, m.kinds_version as version) s
            where (select is_member(:conversationId, :user))
            order by m.seq
            """.replace("/* columns */", MessageRows.COLUMNS + ", " + MessageRows.REACTIONS);

    private static final String SEQ = "select seq from messages where id = :id and conversation_id = :conversationId";

    private final JdbcClient jdbc;
    private final MessageRows rows;

    HistoryPages(JdbcClient jdbc, MessageRows rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    /** The seq of a message of the conversation. */
    Optional<Long> seq(UUID conversationId, UUID messageId) {
        return jdbc.sql(SEQ)
                .param("id", messageId)
                .param("conversationId", conversationId)
                .query(Long.class)
                .optional();
    }

    /**
     * The messages that are nearest to a seq. Around a seq, half of them are before it, and its own message is one.
     *
     * @param bytes most that they may take, unless the first one takes more
     */
    Page<Message> page(UUID conversationId, UserId user, Side side, long seq, int limit, long bytes) {
        record Measured(Message message, boolean older, boolean newer, long bytes) {}
        int older = switch (side) {
            case AFTER -> 0;
            case BEFORE -> limit;
            case AROUND -> limit / 2;
        };
        var read = jdbc.sql(PAGE)
                .param("conversationId", conversationId)
                .param("user", user.value())
                .param("seq", seq)
                .param("after", side == Side.AROUND ? seq - 1 : seq)
                .param("before", seq)
                .param("newer", limit - older)
                .param("older", older)
                .param("bytes", bytes)
                .query((row, number) -> new Measured(
                        rows.withReactions(row),
                        row.getBoolean("has_older"),
                        row.getBoolean("has_newer"),
                        row.getLong("page_bytes")))
                .list();
        if (read.isEmpty()) {
            return new Page<>(List.of(), false, 0);
        }
        var first = read.get(0);
        return new Page<>(read.stream().map(Measured::message).toList(), first.older(), first.newer(), first.bytes());
    }
}
