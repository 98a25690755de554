package io.walcast.app.messages;

import io.walcast.app.limits.Page;
import io.walcast.app.outbox.OutboxTopic;
import io.walcast.app.outbox.TraceContext;
import io.walcast.identity.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads and writes the table of messages, and reads the marks of the outbox for delivery receipts. Thread-safe. */
@Repository
class Messages {

    private static final String MAY_POST = """
            c.id = :conversationId
              and is_member(c.id, :senderId)
              and (cast(:parentId as uuid) is null
                   or exists (select from messages p where p.id = :parentId and p.conversation_id = c.id))
              and (cast(:idempotencyKey as text) is null
                   or not exists (select from messages e
                                  where e.sender_id = :senderId and e.idempotency_key = :idempotencyKey))
            """;

    /*
     * PostgreSQL runs the parts of a statement as their results are needed. Nothing is inserted before the
     * conversation's row is locked, so outbox ids and times of a conversation rise with seq. A repeat of an earlier
     * post is found without the lock; a concurrent repeat violates the unique index and is rolled back. limit_waits()
     * comes first, as a condition that reads no row.
     */
    private static final String APPEND = """
            with conversation as (
                update conversations c
                set last_seq = last_seq + 1, updated_at = clock_timestamp(), changed_in = pg_current_xact_id()
                where (select limit_waits()) and /* who may post */
                returning c.id, c.last_seq, c.last_seq + c.events as pos, c.updated_at
            ), message as (
                select cast(:id as uuid) as id, c.id as conversation_id, cast(:senderId as text) as sender_id,
                       cast(:type as text) as type, cast(:content as text) as content,
                       cast(:parentId as uuid) as parent_id, c.last_seq as seq, c.updated_at as created_at, c.pos
                from conversation c
            ), event as (
                insert into outbox (topic, event_key, payload, headers)
                select cast(:topic as text), m.conversation_id,
                       jsonb_build_object(
                           'messageId', m.id,
                           'conversationId', m.conversation_id,
                           'from', m.pos - 1,
                           'pos', m.pos,
                           'message', message_json(m.id, m.conversation_id, m.sender_id, m.type, m.content, m.parent_id,
                                                   m.seq, m.created_at, m.pos, null, null)),
                       cast(:headers as jsonb)
                from message m
                returning id
            )
            insert into messages (id, conversation_id, seq, sender_id, type, content, parent_id, created_at, outbox_id,
                                  idempotency_key, pos)
            select m.id, m.conversation_id, m.seq, m.sender_id, m.type, m.content, m.parent_id, m.created_at, event.id,
                   cast(:idempotencyKey as text), m.pos
            from message m, event
            returning seq, created_at, pos
            """;

    private static final String CONDITION = "/* who may post */";

    private static final String APPEND_AWAITING_LOCK = APPEND.replace(CONDITION, MAY_POST);

    // Both selects and updates read a row again that changed since the statement began: see is_member.
    private static final String APPEND_UNLESS_LOCKED = APPEND.replace(
            CONDITION,
            "c.id = (select c.id from conversations c where " + MAY_POST + " for no key update skip locked)");

    private static final String EARLIER = "select " + MessageRows.COLUMNS + """
            , m.posted_digest
            from messages m
            where m.sender_id = :senderId and m.idempotency_key = :idempotencyKey
            """;

    private static final String IS_MEMBER = "select is_member(:conversationId, :user)";

    private static final String GET = "select " + MessageRows.COLUMNS + ", " + MessageRows.REACTIONS + """
            , 256 + coalesce(octet_length(m.content), 0) + coalesce(octet_length(s.kinds::text), 0) as bytes
            from messages m left join reaction_states s on s.message_id = m.id
            where m.id = :id and is_member(m.conversation_id, :user)
            """;

    private static final String DELIVERY = """
            select o.id is null as removed, o.published_at, o.attempts, o.last_error
            from messages m left join outbox o on o.id = m.outbox_id
            where m.id = :id and is_member(m.conversation_id, :user)
            """;

    private final JdbcClient jdbc;
    private final MessageRows rows;

    Messages(JdbcClient jdbc, MessageRows rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    /**
     * Appends a message and its outbox row, in the caller's transaction. Waits for the lock of the conversation's row.
     *
     * @return empty, and nothing is written, if the sender is not a member of such a conversation, the parent is not in
     *     it, or the sender has used the key before
     * @throws DuplicateKeyException if a concurrent post of the sender uses the key; nothing is written
     */
    Optional<Message> append(UUID id, UserId sender, NewMessage post, @Nullable String idempotencyKey) {
        return append(APPEND_AWAITING_LOCK, id, sender, post, idempotencyKey, TraceContext.asHeaders());
    }

    /** As {@link #append}, and also empty if another transaction holds the lock of the conversation's row. */
    Optional<Message> appendUnlessLocked(PendingPost pending) {
        return append(
                APPEND_UNLESS_LOCKED,
                pending.id,
                pending.sender,
                pending.post,
                pending.key == null ? null : pending.key.key(),
                pending.headers);
    }

    private Optional<Message> append(
            String sql, UUID id, UserId sender, NewMessage post, @Nullable String idempotencyKey, String headers) {
        return jdbc.sql(sql)
                .param("topic", OutboxTopic.MESSAGE_CREATED.value())
                .param("id", id)
                .param("conversationId", post.conversationId())
                .param("senderId", sender.value())
                .param("type", post.type().name())
                .param("content", post.content(), Types.VARCHAR)
                .param("parentId", post.parentId(), Types.OTHER)
                .param("idempotencyKey", idempotencyKey, Types.VARCHAR)
                .param("headers", headers)
                .query((row, number) -> Message.posted(
                        id,
                        sender,
                        post,
                        row.getLong("seq"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getLong("pos")))
                .optional();
    }

    /** The message that the sender posted with this key, as it is now, even if the sender is no longer a member. */
    Optional<Earlier> earlier(UserId sender, String idempotencyKey) {
        return jdbc.sql(EARLIER)
                .param("senderId", sender.value())
                .param("idempotencyKey", idempotencyKey)
                .query((row, number) -> new Earlier(MessageRows.message(row), row.getBytes("posted_digest")))
                .optional();
    }

    boolean isMember(UUID conversationId, UserId user) {
        return jdbc.sql(IS_MEMBER)
                .param("conversationId", conversationId)
                .param("user", user.value())
                .query(Boolean.class)
                .single();
    }

    /**
     * A message with its reactions; empty if there is no such message, or the user is not a member of its conversation.
     */
    Page<Message> find(UUID id, UserId user) {
        return jdbc.sql(GET)
                .param("id", id)
                .param("user", user.value())
                .query((row, number) -> new Page<>(List.of(rows.withReactions(row)), false, row.getLong("bytes")))
                .optional()
                .orElseGet(() -> new Page<>(List.of(), false, 0));
    }

    /** Empty if there is no such message, or the user is not a member of its conversation. */
    Optional<Delivery> delivery(UUID id, UserId user) {
        return jdbc.sql(DELIVERY)
                .param("id", id)
                .param("user", user.value())
                .query(Messages::delivery)
                .optional();
    }

    private static Delivery delivery(ResultSet row, int number) throws SQLException {
        if (row.getBoolean("removed")) {
            return new Delivery(true, null, null, null);
        }
        @Nullable Instant publishedAt = MessageRows.instant(row, "published_at");
        return new Delivery(publishedAt != null, publishedAt, row.getInt("attempts"), row.getString("last_error"));
    }
}
