package io.walcast.app.messages;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.walcast.app.messages.PendingPost.Outcome;
import io.walcast.app.outbox.TraceContext;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Posts a message. With an Idempotency-Key it is stored once, however often a client repeats the post.
 *
 * <p>A key belongs to its sender for as long as the message exists, even if the sender is no longer a member: a repeat
 * then returns only what that sender wrote. A repeat returns the message as it is now, edited or deleted.
 *
 * <p>Thread-safe. A post joins the caller's transaction if there is one; then a {@link DuplicateKeyException}, from a
 * concurrent repeat, ends that transaction.
 */
@Component
class Posting {

    // Ordered by time, so that new rows share pages of the index.
    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    private final Messages messages;
    private final PostGroups groups;

    Posting(Messages messages, PostGroups groups) {
        this.messages = messages;
        this.groups = groups;
    }

    /**
     * @return the new message, or the one that this key made before
     * @throws ProblemException {@code not_found}, {@code parent_not_found}, {@code idempotency_key_reused},
     *     {@code overloaded} or {@code unavailable}; then nothing is written
     */
    Message post(UserId sender, NewMessage post, @Nullable String idempotencyKey) {
        boolean inTransaction = TransactionSynchronizationManager.isActualTransactionActive();
        try {
            UUID id = IDS.generate();
            return (inTransaction
                            ? messages.append(id, sender, post, idempotencyKey)
                            : write(id, sender, post, idempotencyKey))
                    .or(() -> repeated(sender, post, idempotencyKey))
                    .orElseThrow(() -> refusal(sender, post));
        } catch (DuplicateKeyException e) {
            if (inTransaction) {
                throw e;
            }
            return repeated(sender, post, idempotencyKey).orElseThrow(() -> e);
        }
    }

    private Optional<Message> write(UUID id, UserId sender, NewMessage post, @Nullable String idempotencyKey) {
        var outcome = groups.write(new PendingPost(id, sender, post, idempotencyKey, TraceContext.asHeaders()));
        return outcome instanceof Outcome.Stored stored ? Optional.of(stored.message()) : Optional.empty();
    }

    private Optional<Message> repeated(UserId sender, NewMessage post, @Nullable String idempotencyKey) {
        if (idempotencyKey == null) {
            return Optional.empty();
        }
        var earlier = messages.earlier(sender, idempotencyKey);
        if (earlier.isPresent() && !earlier.get().isOf(post)) {
            throw new ProblemException(
                    ProblemType.IDEMPOTENCY_KEY_REUSED, "You posted another message with this Idempotency-Key.");
        }
        return earlier.map(Earlier::message);
    }

    // A sender who became a member after the refusal gets the answer that was true for the post.
    private ProblemException refusal(UserId sender, NewMessage post) {
        return post.parentId() != null && messages.isMember(post.conversationId(), sender)
                ? new ProblemException(ProblemType.PARENT_NOT_FOUND, "parentId is no message of this conversation.")
                : ProblemException.conversationNotFound();
    }
}
