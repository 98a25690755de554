package io.walcast.app.messages;

import io.walcast.app.messages.PostGroups.Group;
import io.walcast.identity.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One post from its arrival to its outcome. The thread of its request waits until another thread has written the post,
 * or has made this thread the writer of a group. The lock of {@link PostGroups} guards its state, except for the
 * outcome, which the writer sets once.
 */
final class PendingPost {

    /** A key belongs to its sender. */
    record Key(UserId sender, String key) {}

    /** The result of a post. */
    sealed interface Outcome {

        record Stored(Message message) implements Outcome {}

        /** Nothing was written: the sender is not a member, the parent does not exist, or the key was used before. */
        record Refused() implements Outcome {}

        record Failed(RuntimeException cause) implements Outcome {}
    }

    final UUID id;
    final UserId sender;
    final NewMessage post;
    final @Nullable Key key;
    final String headers;
    final int bytes;
    final long arrivedNanos = System.nanoTime();

    private final Thread thread = Thread.currentThread();

    /** The group that this post's thread must write, which includes this post; null while it only waits. */
    private volatile @Nullable Group group;

    private volatile @Nullable Outcome outcome;

    PendingPost(UUID id, UserId sender, NewMessage post, @Nullable String idempotencyKey, String headers) {
        this.id = id;
        this.sender = sender;
        this.post = post;
        this.key = idempotencyKey == null ? null : new Key(sender, idempotencyKey);
        this.headers = headers;
        this.bytes = post.content() == null ? 0 : post.content().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Nanoseconds until the post has waited for {@code maxWait}; not positive after that. */
    long timeLeft(Duration maxWait) {
        return arrivedNanos + maxWait.toNanos() - System.nanoTime();
    }

    UUID conversationId() {
        return post.conversationId();
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    @Nullable
    Group group() {
        return group;
    }

    /** Makes the post's thread the writer of this group. */
    void lead(Group toWrite) {
        group = toWrite;
        wake();
    }

    /** Makes the post's thread wait again, after its group was written without this post. */
    void waitAgain() {
        group = null;
    }

    void complete(Outcome result) {
        outcome = result;
        wake();
    }

    /** The message that this post created. */
    Message message(long seq, Instant createdAt, long pos) {
        return Message.posted(id, sender, post, seq, createdAt, pos);
    }

    private void wake() {
        if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }
}
