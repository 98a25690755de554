package io.walcast.app.conversations;

import io.walcast.app.limits.WriteShares;
import io.walcast.app.outbox.OutboxAppender;
import io.walcast.app.outbox.OutboxTopic;
import io.walcast.app.problems.ProblemException;
import io.walcast.identity.UserId;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** Changes the titles of conversations; each change is an event of the conversation's log. Thread-safe. */
@Repository
class Titles {

    private static final String CURRENT = "select id, title, version from conversations where id = :id";

    private static final String LOG = "select log_event(:id, :topic, null, :version)";

    // A statement of its own: PostgreSQL does not update a row twice in one, and log_event updates it too.
    private static final String SET = """
            update conversations set title = :title, version = :version, changed_in = pg_current_xact_id() where id = :id
            """;

    /** The payload of the event. */
    private record Changed(UUID conversationId, long from, long pos, long version, Titled conversation) {}

    /**
     * The conversation's state after a change of the title.
     *
     * @param version pos of the event that last changed the title
     */
    record Titled(UUID id, @Nullable String title, long version) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final ConversationLock lock;
    private final OutboxAppender outbox;
    private final WriteShares shares;

    Titles(
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
     * Gives a conversation another title; the same one again logs no event.
     *
     * @throws ProblemException {@code not_found} if the caller is not a member of such a conversation, {@code
     *     not_an_owner} if only that
     */
    Titled change(UUID conversationId, UserId caller, String title) {
        // Before the turn, which a stranger must not take from a member; it is asked again under the lock.
        lock.requireMember(conversationId, caller);
        return shares.write(
                conversationId,
                () -> Objects.requireNonNull(transactions.execute(transaction -> {
                    lock.lockAsOwner(conversationId, caller, "title");
                    return changeLocked(conversationId, title);
                })));
    }

    private Titled changeLocked(UUID id, String title) {
        Titled current = jdbc.sql(CURRENT)
                .param("id", id)
                .query((row, number) -> new Titled(id, row.getString("title"), row.getLong("version")))
                .single();
        if (title.equals(current.title())) {
            return current;
        }
        long pos = jdbc.sql(LOG)
                .param("id", id)
                .param("topic", OutboxTopic.CONVERSATION_CHANGED.value())
                .param("version", current.version())
                .query(Long.class)
                .single();
        jdbc.sql(SET)
                .param("title", title)
                .param("version", pos)
                .param("id", id)
                .update();
        var titled = new Titled(id, title, pos);
        outbox.append(OutboxTopic.CONVERSATION_CHANGED, id, new Changed(id, pos - 1, pos, pos, titled));
        return titled;
    }
}
