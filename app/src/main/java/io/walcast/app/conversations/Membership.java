package io.walcast.app.conversations;

import io.walcast.app.identity.UserId;
import io.walcast.app.outbox.OutboxAppender;
import io.walcast.app.problems.ProblemException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Adds and removes members, each with an event that takes its place among the messages of the conversation.
 *
 * <p>Both may be repeated: what is so already is left so, and no event tells of it. Of two members who remove each
 * other at once, one is first, and the other is then no member who could remove anyone. Thread-safe.
 */
@Repository
class Membership {

    // Not `select for update`: only a new version of the row makes a post that waits for it check its sender again.
    private static final String LOCK = """
            update conversations set last_seq = last_seq
            where id = :conversationId and is_member(id, :caller)
            """;

    private static final String ADD = """
            insert into members (conversation_id, user_id) values (:conversationId, :userId)
            on conflict do nothing
            """;

    private static final String REMOVE = """
            delete from members where conversation_id = :conversationId and user_id = :userId
            """;

    private record Change(UUID conversationId, String userId) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final OutboxAppender outbox;

    Membership(JdbcClient jdbc, TransactionOperations transactions, OutboxAppender outbox) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.outbox = outbox;
    }

    /** @throws ProblemException {@code not_found}, if the caller is not a member of such a conversation */
    void add(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, member, ADD, "messaging.member_added");
    }

    /** @throws ProblemException {@code not_found}, if the caller is not a member of such a conversation */
    void remove(UUID conversationId, UserId caller, UserId member) {
        change(conversationId, caller, member, REMOVE, "messaging.member_removed");
    }

    private void change(UUID conversationId, UserId caller, UserId member, String sql, String topic) {
        transactions.executeWithoutResult(transaction -> {
            lock(conversationId, caller);
            var changed = jdbc.sql(sql)
                    .param("conversationId", conversationId)
                    .param("userId", member.value())
                    .update();
            if (changed > 0) {
                outbox.append(topic, conversationId, new Change(conversationId, member.value()));
            }
        });
    }

    private void lock(UUID conversationId, UserId caller) {
        var locked = jdbc.sql(LOCK)
                .param("conversationId", conversationId)
                .param("caller", caller.value())
                .update();
        if (locked == 0) {
            throw ProblemException.notFound("conversation");
        }
    }
}
