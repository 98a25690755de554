package io.walcast.app.messages;

import io.walcast.app.messages.PendingPost.Outcome;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** Writes many posts in one statement, which is one transaction and one round trip. Thread-safe. */
@Component
class GroupStatement {

    private static final String APPEND =
            "select place, outcome, seq, created_at, pos from append_messages(?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final JdbcOperations jdbc;

    GroupStatement(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Writes the posts, in this order, and completes those that were stored or refused.
     *
     * @param awaitsLocks whether to wait for the conversations that another transaction has locked, for one second
     * @return the posts of such conversations, which were not written
     */
    List<PendingPost> append(List<PendingPost> posts, boolean awaitsLocks) {
        List<PendingPost> locked = new ArrayList<>();
        @Nullable Outcome[] outcomes = new Outcome[posts.size()];
        boolean[] isLocked = new boolean[posts.size()];
        jdbc.query(APPEND, parameters -> set(parameters, posts, awaitsLocks), row -> {
            int place = row.getInt(1) - 1;
            if (row.getString(2).equals("locked")) {
                isLocked[place] = true;
            } else {
                outcomes[place] = stored(posts.get(place), row);
            }
        });
        // Not before the statement has ended: its rows arrive before its commit.
        for (int i = 0; i < outcomes.length; i++) {
            @Nullable Outcome outcome = outcomes[i];
            if (isLocked[i]) {
                locked.add(posts.get(i));
            } else {
                posts.get(i).complete(outcome == null ? new Outcome.Refused() : outcome);
            }
        }
        return locked;
    }

    private static Outcome stored(PendingPost post, ResultSet row) throws SQLException {
        return new Outcome.Stored(post.message(
                row.getLong(3), row.getObject(4, OffsetDateTime.class).toInstant(), row.getLong(5)));
    }

    private static void set(PreparedStatement parameters, List<PendingPost> posts, boolean awaitsLocks)
            throws SQLException {
        Connection connection = parameters.getConnection();
        parameters.setArray(1, array(connection, "uuid", posts, post -> post.id));
        parameters.setArray(2, array(connection, "uuid", posts, PendingPost::conversationId));
        parameters.setArray(3, array(connection, "text", posts, post -> post.sender.value()));
        parameters.setArray(
                4, array(connection, "text", posts, post -> post.post.type().name()));
        parameters.setArray(5, array(connection, "text", posts, post -> post.post.content()));
        parameters.setArray(6, array(connection, "uuid", posts, post -> post.post.parentId()));
        parameters.setArray(7, array(connection, "text", posts, post -> post.key == null ? null : post.key.key()));
        parameters.setArray(8, array(connection, "text", posts, post -> post.headers));
        parameters.setBoolean(9, awaitsLocks);
    }

    private static Array array(
            Connection connection, String type, List<PendingPost> posts, Function<PendingPost, @Nullable Object> value)
            throws SQLException {
        @Nullable Object[] values = new Object[posts.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(posts.get(i));
        }
        return connection.createArrayOf(type, values);
    }
}
