package io.walcast.app.conversations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.walcast.app.limits.WriteShares;
import io.walcast.app.outbox.OutboxAppender;
import io.walcast.app.outbox.OutboxTopic;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Changes the members of conversations. Each change is an event of the conversation's log, with a position among those
 * of the messages.
 *
 * <p>Only owners change members; every member may leave. A conversation that has members has an owner: when the last
 * one leaves, the longest-standing member becomes one. Changes are idempotent: a change that is already made logs no
 * event. Of two owners who remove each other at once, the first succeeds, and the second is no member any more.
 * Thread-safe.
 */
@Repository
class Membership {

    private static final String MEMBERS = "members";

    /*
     * Each statement logs its event and gives the row the event's pos as its version; it returns nothing if there is
     * nothing to change. They run after the lock was taken, so they see every earlier change.
     */
    private static final String ADD = """
            with former as (
                delete from former_members where conversation_id = :conversationId and user_id = :userId returning version
            ), event as (
                select log_event(:conversationId, :topic, :userId, coalesce((select version from former), 0)) as pos
                where not exists (select from members where conversation_id = :conversationId and user_id = :userId)
            )
            insert into members (conversation_id, user_id, version, read_seq, changed_in)
            select c.id, :userId, event.pos, c.last_seq, pg_current_xact_id()
            from event, conversations c where c.id = :conversationId
            returning user_id, version
            """;

    private static final String REMOVE = """
            with gone as (
                delete from members where conversation_id = :conversationId and user_id = :userId returning version
            ), event as (
                select log_event(:conversationId, :topic, :userId, gone.version) as pos from gone
            )
            insert into former_members (conversation_id, user_id, version, changed_in)
            select :conversationId, :userId, event.pos, pg_current_xact_id() from event
            on conflict (conversation_id, user_id) do update
                set version = excluded.version, changed_in = excluded.changed_in
            returning user_id, version
            """;

    private static final String MAKE_OWNER = """
            with event as (
                select user_id, log_event(conversation_id, :topic, user_id, version) as pos
                from members
                where conversation_id = :conversationId and role <> 'owner' and user_id = /* whom */
            )
            update members m set role = 'owner', version = event.pos, changed_in = pg_current_xact_id()
            from event where m.conversation_id = :conversationId and m.user_id = event.user_id
            returning m.user_id, m.version
            """;

    private static final String PROMOTE = MAKE_OWNER.replace("/* whom */", ":userId");

    private static final String INHERIT = MAKE_OWNER.replace("/* whom */", """
            (select user_id from members where conversation_id = :conversationId
             order by joined_at, user_id collate "C" limit 1)
              and not exists (select from members where conversation_id = :conversationId and role = 'owner')
            """);

    private static final String IS_MEMBER = """
            select exists (select from members where conversation_id = :conversationId and user_id = :userId)
            """;

    /** The payload of an event. @param role null if the user is no member */
    private record Change(
            UUID conversationId,
            String userId,
            long from,
            long pos,
            long version,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String role) {}

    private record Changed(String userId, long pos) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final ConversationLock lock;
    private final OutboxAppender outbox;
    private final WriteShares shares;

    Membership(
            JdbcClient jdbc,
            TransactionOperations transactions,
            ConversationLock lock,
            OutboxAppender outbox,
            WriteShares shares) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.lock = lock;
        this.outbox = outbox;
        this.shares = shares;
    }

    /**
     * Adds a member, who has read all messages that there are by now.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation, {@code
     *     not_an_owner} if only that
     */
    void add(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, () -> {
            lock.lockAsOwner(conversationId, caller, MEMBERS);
            change(ADD, OutboxTopic.MEMBER_ADDED, conversationId, member, "member");
        });
    }

    /**
     * Removes a member, or lets the caller leave.
     *
     * @throws ProblemException as {@link #add}
     */
    void remove(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, () -> {
            if (caller.equals(member)) {
                lock.lock(conversationId, caller);
            } else {
                lock.lockAsOwner(conversationId, caller, MEMBERS);
            }
            change(REMOVE, OutboxTopic.MEMBER_REMOVED, conversationId, member, null);
            change(INHERIT, OutboxTopic.MEMBER_CHANGED, conversationId, member, "owner");
        });
    }

    /**
     * Makes a member an owner.
     *
     * @throws ProblemException as {@link #add}, and {@code not_found} if there is no such member
     */
    void promote(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, () -> {
            lock.lockAsOwner(conversationId, caller, MEMBERS);
            if (!change(PROMOTE, OutboxTopic.MEMBER_CHANGED, conversationId, member, "owner")
                    && !isMember(conversationId, member)) {
                throw new ProblemException(ProblemType.NOT_FOUND, "The conversation has no such member.");
            }
        });
    }

    private void change(UUID conversationId, UserId caller, Runnable change) {
        // Before the turn, which a stranger must not take from a member; it is asked again under the lock.
        lock.requireMember(conversationId, caller);
        shares.write(conversationId, () -> {
            transactions.executeWithoutResult(transaction -> change.run());
            return true;
        });
    }

    /**
     * Runs a statement and appends its event; false if there was nothing to change.
     *
     * @param role the role of the user after the change; null if the user is no member
     */
    private boolean change(String sql, OutboxTopic topic, UUID conversationId, UserId member, @Nullable String role) {
        Optional<Changed> changed = jdbc.sql(sql)
                .param("topic", topic.value())
                .param("conversationId", conversationId)
                .param("userId", member.value())
                .query((row, number) -> new Changed(row.getString("user_id"), row.getLong("version")))
                .optional();
        changed.ifPresent(event -> outbox.append(
                topic,
                conversationId,
                new Change(conversationId, event.userId(), event.pos() - 1, event.pos(), event.pos(), role)));
        return changed.isPresent();
    }

    private boolean isMember(UUID conversationId, UserId user) {
        return jdbc.sql(IS_MEMBER)
                .param("conversationId", conversationId)
                .param("userId", user.value())
                .query(Boolean.class)
                .single();
    }
}
