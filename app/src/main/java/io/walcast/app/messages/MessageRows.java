package io.walcast.app.messages;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Maps rows of statements to messages. Thread-safe. */
@Component
final class MessageRows {

    /** The columns of a message of the alias {@code m}. Rows that are older than the log have no pos. */
    static final String COLUMNS = """
            m.id, m.conversation_id, m.seq, m.sender_id, m.type, m.content, m.parent_id, m.created_at,
            coalesce(m.version, m.pos, m.seq) as version, m.edited_at, m.deleted_at
            """;

    /**
     * The kinds of the alias {@code s}, and whether {@code :user} is among the users of each; null if there is no
     * state.
     */
    // A scalar subquery and no `exists`, of which the planner might make a hash of all reactions.
    static final String REACTIONS = """
            case when s.kinds is not null then (
                select coalesce(jsonb_agg(
                           k.value || jsonb_build_object('mine', (
                               select r.emoji from reactions r
                               where r.message_id = s.message_id and r.emoji = k.value ->> 'emoji' and r.user_id = :user)
                               is not null)
                           order by k.number), '[]')
                from jsonb_array_elements(s.kinds) with ordinality k (value, number))
            end as reactions, s.version as reactions_version
            """;

    private static final TypeReference<List<Reaction>> REACTION_LIST = new TypeReference<>() {};

    private final JsonMapper json;

    MessageRows(JsonMapper json) {
        this.json = json;
    }

    /** A row of {@link #COLUMNS}. */
    static Message message(ResultSet row) throws SQLException {
        return message(row, null, null);
    }

    /** A row of {@link #COLUMNS} and {@link #REACTIONS}. */
    Message withReactions(ResultSet row) throws SQLException {
        @Nullable String reactions = row.getString("reactions");
        return reactions == null
                ? message(row)
                : message(row, json.readValue(reactions, REACTION_LIST), row.getLong("reactions_version"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static Message message(ResultSet row, @Nullable List<Reaction> reactions, @Nullable Long reactionsVersion)
            throws SQLException {
        return new Message(
                row.getObject("id", UUID.class),
                row.getObject("conversation_id", UUID.class),
                row.getString("sender_id"),
                Message.Type.valueOf(row.getString("type")),
                row.getString("content"),
                row.getObject("parent_id", UUID.class),
                row.getLong("seq"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getLong("version"),
                instant(row, "edited_at"),
                instant(row, "deleted_at"),
                reactions,
                reactionsVersion);
    }
}
