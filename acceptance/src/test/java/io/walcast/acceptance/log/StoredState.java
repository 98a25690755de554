package io.walcast.acceptance.log;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the tables say about a conversation, in the form in which clients fold it. Nothing may write meanwhile. */
public final class StoredState {

    private static final JsonMapper JSON = new JsonMapper();

    private StoredState() {}

    /** The state that every client should have. */
    public static ConversationState of(JdbcClient jdbc, UUID conversation) {
        var state = new ConversationState(jdbc.sql("select last_seq + events from conversations where id = ?")
                .param(conversation)
                .query(Long.class)
                .single());
        jdbc.sql("""
                        select message_json(id, conversation_id, sender_id, type, content, parent_id, seq, created_at,
                                            coalesce(version, pos, seq), edited_at, deleted_at)
                        from messages where conversation_id = ?
                        """)
                .param(conversation)
                .query(String.class)
                .list()
                .forEach(message -> state.message(JSON.readTree(message)));
        jdbc.sql("""
                        select jsonb_build_object('messageId', s.message_id, 'version', s.version, 'kinds', s.kinds)
                        from reaction_states s join messages m on m.id = s.message_id where m.conversation_id = ?
                        """).param(conversation).query(String.class).list().stream()
                .map(JSON::readTree)
                .forEach(row -> state.reactionsOf(
                        row.path("messageId").stringValue(), row.path("version").longValue(), row.path("kinds")));
        jdbc.sql("""
                        select jsonb_build_object('userId', user_id, 'role', role, 'version', version, 'read', read_seq)
                        from members where conversation_id = :c
                        union all
                        select jsonb_build_object('userId', user_id, 'version', version)
                        from former_members where conversation_id = :c
                        """).param("c", conversation).query(String.class).list().stream()
                .map(JSON::readTree)
                .forEach(row -> member(state, row));
        jdbc.sql("select jsonb_build_object('title', title, 'version', version) from conversations where id = ?")
                .param(conversation)
                .query(String.class)
                .list()
                .forEach(row -> state.title(JSON.readTree(row)));
        return state;
    }

    /** A membership of version 0 is older than the log, which does not tell of it. */
    private static void member(ConversationState state, JsonNode row) {
        if (row.path("version").longValue() > 0) {
            state.member(row.path("userId").stringValue(), row);
        }
        if (row.has("read")) {
            state.read(row.path("userId").stringValue(), row.path("read").longValue());
        }
    }
}
