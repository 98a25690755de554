package io.walcast.app.conversations;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Takes the lock of a conversation's row, in the caller's transaction. Thread-safe. */
@Repository
class ConversationLock {

    // Not `select for update`: only a new version of the row makes a waiting post check its sender again.
    private static final String LOCK = """
            update conversations set last_seq = last_seq
            where (select limit_waits()) and id = :conversationId and is_member(id, :caller)
            """;

    private static final String IS_MEMBER = """
            select exists (select from members where conversation_id = :conversationId and user_id = :caller)
            """;

    // Runs after the lock is taken, so that it sees every earlier change.
    private static final String IS_OWNER = """
            select role = 'owner' from members where conversation_id = :conversationId and user_id = :caller
            """;

    private final JdbcClient jdbc;

    ConversationLock(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Takes no lock.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation
     */
    void requireMember(UUID conversationId, UserId caller) {
        if (!ask(IS_MEMBER, conversationId, caller)) {
            throw ProblemException.conversationNotFound();
        }
    }

    /**
     * Locks the row.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation
     */
    void lock(UUID conversationId, UserId caller) {
        var locked = jdbc.sql(LOCK)
                .param("conversationId", conversationId)
                .param("caller", caller.value())
                .update();
        if (locked == 0) {
            throw ProblemException.conversationNotFound();
        }
    }

    /**
     * Locks the row for an owner.
     *
     * @param what the object that only owners may change, for the refusal
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation, {@code
     *     not_an_owner} if only that
     */
    void lockAsOwner(UUID conversationId, UserId caller, String what) {
        lock(conversationId, caller);
        if (!ask(IS_OWNER, conversationId, caller)) {
            throw new ProblemException(ProblemType.NOT_AN_OWNER, "Only owners change the " + what + ".");
        }
    }

    private boolean ask(String question, UUID conversationId, UserId caller) {
        return jdbc.sql(question)
                .param("conversationId", conversationId)
                .param("caller", caller.value())
                .query(Boolean.class)
                .single();
    }
}
