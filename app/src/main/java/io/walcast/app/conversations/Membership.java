package io.walcast.app.conversations;

import io.walcast.app.limits.WriteShares;
import io.walcast.app.outbox.OutboxAppender;
import io.walcast.app.outbox.OutboxTopic;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Changes the members of conversations. Each change appends an event, which has its place among the messages.
 *
 * <p>Only owners change members; every member may leave. A conversation that has members has an owner: when the last one
 * leaves, the longest-standing member becomes one. Changes are idempotent: a change that is already made appends no
 * event. Of two owners who remove each other at once, the first succeeds, and the second is no member any more.
 * Thread-safe.
 */
@Repository
class Membership {

    // Not `select for update`: only a new version of the row makes a waiting post check its sender again.
    private static final String LOCK = """
            update conversations set last_seq = last_seq
            where (select limit_waits()) and id = :conversationId and is_member(id, :caller)
            """;

    private static final String IS_MEMBER = """
            select exists (select from members where conversation_id = :conversationId and user_id = :caller)
            """;

    // Asked after the lock is taken, so that it sees every earlier change.
    private static final String IS_OWNER = """
            select role = 'owner' from members where conversation_id = :conversationId and user_id = :caller
            """;

    private static final String ADD = """
            insert into members (conversation_id, user_id) values (:conversationId, :userId)
            on conflict do nothing
            """;

    private static final String REMOVE = """
            delete from members where conversation_id = :conversationId and user_id = :userId
            """;

    private static final String PROMOTE = """
            update members set role = 'owner' where conversation_id = :conversationId and user_id = :userId
            """;

    private static final String INHERIT = """
            update members set role = 'owner'
            where conversation_id = :conversationId
              and not exists (select from members where conversation_id = :conversationId and role = 'owner')
              and user_id = (select user_id from members where conversation_id = :conversationId
                             order by joined_at, user_id collate "C" limit 1)
            """;

    private record Change(UUID conversationId, String userId) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final OutboxAppender outbox;
    private final WriteShares shares;

    Membership(JdbcClient jdbc, TransactionOperations transactions, OutboxAppender outbox, WriteShares shares) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.outbox = outbox;
        this.shares = shares;
    }

    /**
     * Adds a member.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation, {@code
     *     not_an_owner} if only that
     */
    void add(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, () -> {
            lockAsOwner(conversationId, caller);
            change(ADD, conversationId, member, OutboxTopic.MEMBER_ADDED);
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
                lock(conversationId, caller);
            } else {
                lockAsOwner(conversationId, caller);
            }
            change(REMOVE, conversationId, member, OutboxTopic.MEMBER_REMOVED);
            jdbc.sql(INHERIT).param("conversationId", conversationId).update();
        });
    }

    /**
     * Makes a member an owner.
     *
     * @throws ProblemException as {@link #add}, and {@code not_found} if there is no such member
     */
    void promote(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, () -> {
            lockAsOwner(conversationId, caller);
            if (update(PROMOTE, conversationId, member) == 0) {
                throw new ProblemException(ProblemType.NOT_FOUND, "The conversation has no such member.");
            }
        });
    }

    private void change(UUID conversationId, UserId caller, Runnable change) {
        // Before the turn, which a stranger must not take from a member; it is asked again under the lock.
        if (!isMember(conversationId, caller)) {
            throw ProblemException.conversationNotFound();
        }
        shares.write(conversationId, () -> {
            transactions.executeWithoutResult(transaction -> change.run());
            return true;
        });
    }

    private boolean isMember(UUID conversationId, UserId user) {
        return jdbc.sql(IS_MEMBER)
                .param("conversationId", conversationId)
                .param("caller", user.value())
                .query(Boolean.class)
                .single();
    }

    private void change(String sql, UUID conversationId, UserId member, OutboxTopic topic) {
        if (update(sql, conversationId, member) > 0) {
            outbox.append(topic, conversationId, new Change(conversationId, member.value()));
        }
    }

    private int update(String sql, UUID conversationId, UserId member) {
        return jdbc.sql(sql)
                .param("conversationId", conversationId)
                .param("userId", member.value())
                .update();
    }

    private void lockAsOwner(UUID conversationId, UserId caller) {
        lock(conversationId, caller);
        boolean isOwner = jdbc.sql(IS_OWNER)
                .param("conversationId", conversationId)
                .param("caller", caller.value())
                .query(Boolean.class)
                .single();
        if (!isOwner) {
            throw new ProblemException(ProblemType.NOT_AN_OWNER, "Only owners change the members.");
        }
    }

    private void lock(UUID conversationId, UserId caller) {
        var locked = jdbc.sql(LOCK)
                .param("conversationId", conversationId)
                .param("caller", caller.value())
                .update();
        if (locked == 0) {
            throw ProblemException.conversationNotFound();
        }
    }
}
