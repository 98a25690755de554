package io.walcast.app.messages;

import io.walcast.app.limits.WriteShares;
import io.walcast.app.outbox.TraceContext;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.sql.SQLException;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Edits and deletes messages, and reacts to them. Each change is one call of a function of the schema's owner, which
 * holds the lock of the conversation's row, logs the event, and removes a former text from the outbox. Changes are
 * idempotent: a change that is already made writes nothing.
 *
 * <p><b>Concurrency.</b> Thread-safe; changes of one conversation take turns. <b>Error policy.</b> The former text is
 * removed from outbox rows that the relay may mark at the same time. If PostgreSQL finds the two in a deadlock, it
 * rolls this statement back and the statement is tried again.
 */
@Repository
class MessageChanges {

    private static final String DEADLOCK_DETECTED = "40P01";
    private static final int MOST_ATTEMPTS = 4;

    /** The change was made before. */
    private static final String UNCHANGED = "unchanged";

    private static final String CONVERSATION = """
            select m.conversation_id from messages m where m.id = :id and is_member(m.conversation_id, :user)
            """;

    private static final String EDIT = """
            select edit_message(:id, :user, :content, cast(:version as bigint), cast(:headers as jsonb))
            """;

    private static final String DELETE = "select delete_message(:id, :user, cast(:headers as jsonb))";

    private static final String REACT = """
            select set_reaction(:id, :user, :emoji, :present, cast(:headers as jsonb))
            """;

    private final JdbcClient jdbc;
    private final WriteShares shares;

    MessageChanges(JdbcClient jdbc, WriteShares shares) {
        this.jdbc = jdbc;
        this.shares = shares;
    }

    /**
     * Replaces the content of a message.
     *
     * @param version the version that the caller has seen; null for any
     * @throws ProblemException {@code not_found}, {@code not_the_sender}, {@code message_deleted}, {@code
     *     version_mismatch} unless it has this content already, or {@code invalid_request} for a TEXT without content
     */
    void edit(UUID message, UserId caller, String content, @Nullable Long version) {
        change(
                message,
                caller,
                jdbc.sql(EDIT).param("content", content).param("version", version, Types.BIGINT),
                "edited");
    }

    /**
     * Deletes the content and the reactions of a message; its place and its seq stay.
     *
     * @throws ProblemException {@code not_found}, or {@code not_an_owner} if the caller is not its sender either
     */
    void delete(UUID message, UserId caller) {
        change(message, caller, jdbc.sql(DELETE), "deleted");
    }

    /**
     * Adds a reaction of the caller, or takes it back.
     *
     * @throws ProblemException {@code not_found}, {@code message_deleted} or {@code too_many_reactions}
     */
    void react(UUID message, UserId caller, String emoji, boolean present) {
        change(message, caller, jdbc.sql(REACT).param("emoji", emoji).param("present", present), "changed");
    }

    /** @param success the outcome of a change that was made */
    private void change(UUID message, UserId caller, JdbcClient.StatementSpec statement, String success) {
        // Before the turn, which a stranger must not take from a member; it is asked again under the lock.
        UUID conversation = jdbc.sql(CONVERSATION)
                .param("id", message)
                .param("user", caller.value())
                .query(UUID.class)
                .optional()
                .orElseThrow(ProblemException::messageNotFound);
        var call = statement
                .param("id", message)
                .param("user", caller.value())
                .param("headers", TraceContext.asHeaders())
                .query(String.class);
        String outcome = shares.write(conversation, () -> withoutDeadlock(call));
        if (!outcome.equals(success) && !outcome.equals(UNCHANGED)) {
            throw refusal(outcome);
        }
    }

    private static String withoutDeadlock(JdbcClient.MappedQuerySpec<String> call) {
        // In the caller's transaction nothing can be tried again: the deadlock has ended it.
        int attempts = TransactionSynchronizationManager.isActualTransactionActive() ? 1 : MOST_ATTEMPTS;
        while (true) {
            try {
                return call.single();
            } catch (DataAccessException e) {
                attempts--;
                if (attempts == 0 || !isDeadlock(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isDeadlock(DataAccessException e) {
        return e.getMostSpecificCause() instanceof SQLException sql && DEADLOCK_DETECTED.equals(sql.getSQLState());
    }

    private static ProblemException refusal(String outcome) {
        return switch (outcome) {
            case "not_found" -> ProblemException.messageNotFound();
            case "not_the_sender" ->
                new ProblemException(ProblemType.NOT_THE_SENDER, "Another user has sent this message.");
            case "not_an_owner" ->
                new ProblemException(ProblemType.NOT_AN_OWNER, "Only its sender and owners delete a message.");
            case "deleted" -> new ProblemException(ProblemType.MESSAGE_DELETED, "This message was deleted.");
            case "changed" ->
                new ProblemException(
                        ProblemType.VERSION_MISMATCH, "The message has another version than If-Match names.");
            case "content_required" -> ProblemException.invalid("content", "is required for a TEXT");
            case "too_many" ->
                new ProblemException(ProblemType.TOO_MANY_REACTIONS, "This message has 20 kinds of reactions already.");
            default -> throw new IllegalStateException("the schema answered " + outcome);
        };
    }
}
