package io.walcast.app.messages;

import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toSet;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.app.limits.WriteShares;
import io.walcast.app.messages.PendingPost.Outcome;
import io.walcast.app.messages.PostGroups.Group;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes a group of posts as one statement and completes each post.
 *
 * <p>A statement that PostgreSQL rolled back is tried again in halves, until the post that made it fail is alone and
 * the others are written. If the connection broke, the outcome is unknown, and all posts of the statement fail with
 * that failure.
 */
@Component
class PostWriter implements PostGroups.Writer {

    /** SQLSTATE classes of failures that one post of the statement may have caused. */
    private static final List<String> ONE_POST_MAY_BE_THE_REASON = List.of("22", "23", "40", "54", "P0");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /**
     * The statement is committed, perhaps not at a synchronous standby. Written again, its posts would be stored twice.
     */
    private static final String STATEMENT_COMPLETION_UNKNOWN = "40003";

    private final Messages messages;
    private final GroupStatement statement;
    private final WriteShares shares;
    private final Counter splits;

    PostWriter(Messages messages, GroupStatement statement, WriteShares shares, MeterRegistry meters) {
        this.messages = messages;
        this.statement = statement;
        this.shares = shares;
        this.splits = Counter.builder("walcast.posts.group.splits")
                .description("Statements that failed for one of their posts and were tried again in halves")
                .register(meters);
    }

    @Override
    public List<PendingPost> write(Group group) {
        List<PendingPost> locked = new ArrayList<>();
        try {
            shares.write(null, () -> {
                write(group.posts(), group.awaitsLocks(), locked);
                return true;
            });
        } catch (RuntimeException e) {
            for (PendingPost post : group.posts()) {
                if (post.outcome() == null && !locked.contains(post)) {
                    post.complete(new Outcome.Failed(e));
                }
            }
        }
        return locked;
    }

    private void write(List<PendingPost> posts, boolean awaitsLocks, List<PendingPost> locked) {
        try {
            if (posts.size() > 1 || awaitsLocks || !writtenAlone(posts.get(0))) {
                locked.addAll(statement.append(posts, awaitsLocks));
            }
        } catch (DataAccessException e) {
            String state = sqlState(e);
            if (awaitsLocks && LOCK_NOT_AVAILABLE.equals(state)) {
                locked.addAll(posts);
            } else if (posts.size() > 1 && state != null && mayBeForOnePost(state)) {
                splits.increment();
                write(posts.subList(0, posts.size() / 2), awaitsLocks, locked);
                writeUnlessLocked(posts.subList(posts.size() / 2, posts.size()), awaitsLocks, locked);
            } else {
                posts.forEach(post -> post.complete(new Outcome.Failed(e)));
            }
        }
    }

    /**
     * Posts of the second half to a conversation that the first half found locked wait too; else they would overtake.
     */
    private void writeUnlessLocked(List<PendingPost> posts, boolean awaitsLocks, List<PendingPost> locked) {
        Set<UUID> conversations =
                locked.stream().map(PendingPost::conversationId).collect(toSet());
        Map<Boolean, List<PendingPost>> byLocked =
                posts.stream().collect(partitioningBy(post -> conversations.contains(post.conversationId())));
        locked.addAll(byLocked.getOrDefault(true, List.of()));
        List<PendingPost> rest = byLocked.getOrDefault(false, List.of());
        if (!rest.isEmpty()) {
            write(rest, awaitsLocks, locked);
        }
    }

    /** The statement for one post is faster, but does not report why it wrote nothing. */
    private boolean writtenAlone(PendingPost post) {
        var message = messages.appendUnlessLocked(post);
        message.ifPresent(stored -> post.complete(new Outcome.Stored(stored)));
        return message.isPresent();
    }

    private static boolean mayBeForOnePost(String sqlState) {
        return !sqlState.equals(STATEMENT_COMPLETION_UNKNOWN)
                && ONE_POST_MAY_BE_THE_REASON.stream().anyMatch(sqlState::startsWith);
    }

    private static @Nullable String sqlState(DataAccessException e) {
        return e.getMostSpecificCause() instanceof SQLException sql ? sql.getSQLState() : null;
    }
}
