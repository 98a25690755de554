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
 * One post from its arrival to its outcome. The thread that brought it waits here until another thread has written the
 * post, or makes this one the writer of a group. Its state is guarded by the lock of {@link PostGroups}, but for the
 * outcome, which the writer sets once.
 */
final class PendingPost {

    /** A key belongs to its sender. */
    record Key(UserId sender, String key) {}

    /** What became of a post that was written, or that needed not to be. */
    sealed interface Outcome {

        record Stored(Message message) implements Outcome {}

        /** Nothing was written: no member, no such parent, or the key was used before. */
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

    /** Posts that this one's thread is to write, itself among them; null while it only waits. */
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

    /** In ns; not positive once the post has waited for so long. */
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

    /** Has the post's thread write this group. */
    void lead(Group toWrite) {
        group = toWrite;
        wake();
    }

    /** Has the post's thread wait again: the group that it was to write is written, and this post was not. */
    void waitAgain() {
        group = null;
    }

    void complete(Outcome result) {
        outcome = result;
        wake();
    }

    /** The message that this post has become. */
    Message message(long seq, Instant createdAt) {
        return new Message(
                id,
                post.conversationId(),
                sender.value(),
                Message.Type.valueOf(post.type().name()),
                post.content(),
                post.parentId(),
                seq,
                createdAt);
    }

    private void wake() {
        if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }
}
