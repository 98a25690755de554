package io.walcast.acceptance.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The list of conversations of one user, as the fold of what the feed says. Not thread-safe. */
final class FeedState {

    private static final JsonMapper JSON = new JsonMapper();

    private final String userId;
    private final Map<String, ObjectNode> conversations = new HashMap<>();
    private @Nullable String cursor;

    FeedState(String userId) {
        this.userId = userId;
    }

    @Nullable
    String cursor() {
        return cursor;
    }

    boolean has(UUID conversation) {
        return conversations.containsKey(conversation.toString());
    }

    /** Knows nothing any more. */
    void forget() {
        conversations.clear();
        cursor = null;
    }

    void apply(String event, JsonNode data) {
        var id = data.path("conversationId").asString("");
        switch (event) {
            case "conversation.activity" -> activity(id, data);
            case "conversation.gone" -> conversations.remove(id);
            case "conversation.changed" -> title(id, data.path("conversation"));
            case "conversation.read" -> read(id, data);
            case "feed.cursor" -> cursor = data.path("cursor").stringValue();
            default -> {}
        }
    }

    private void activity(String id, JsonNode data) {
        var known = conversations.computeIfAbsent(id, unknown -> JSON.createObjectNode());
        if (data.path("version").longValue() < known.path("version").asLong(0)) {
            return;
        }
        long read = known.path("readSeq").asLong(0);
        data.properties().forEach(member -> known.set(member.getKey(), member.getValue()));
        known.put("readSeq", Math.max(read, data.path("readSeq").asLong(0)));
        if (data.has("title")) {
            known.put("titleVersion", data.path("version").longValue());
        }
    }

    private void title(String id, JsonNode conversation) {
        var known = conversations.get(id);
        long version = conversation.path("version").longValue();
        if (known != null && version >= known.path("titleVersion").asLong(0)) {
            known.put("titleVersion", version);
            known.set("title", conversation.path("title"));
        }
    }

    private void read(String id, JsonNode data) {
        var known = conversations.get(id);
        if (known != null && data.path("userId").stringValue().equals(userId)) {
            known.put(
                    "readSeq",
                    Math.max(known.path("readSeq").asLong(0), data.path("seq").longValue()));
        }
    }

    /** Where the list differs from the tables in these conversations, one sentence each. */
    List<String> differences(JdbcClient jdbc, List<UUID> which) {
        var differences = new ArrayList<String>();
        for (var conversation : which) {
            var stored = stored(jdbc, conversation);
            var known = conversations.getOrDefault(conversation.toString(), JSON.createObjectNode());
            stored.properties().forEach(member -> {
                var value = member.getKey().equals("lastMessage")
                        ? known.path("lastMessage").path("id").asString("") + " "
                                + known.path("lastMessage").path("version").asString("")
                        : known.path(member.getKey()).asString("");
                if (!member.getValue().asString("").equals(value)) {
                    differences.add("%s of %s is %s, but the feed has %s"
                            .formatted(member.getKey(), conversation, member.getValue(), value));
                }
            });
        }
        return differences;
    }

    private JsonNode stored(JdbcClient jdbc, UUID conversation) {
        return JSON.readTree(
                jdbc.sql("""
                        select jsonb_build_object(
                            'title', coalesce(c.title, ''), 'lastSeq', c.last_seq, 'lastPos', c.last_seq + c.events,
                            'readSeq', m.read_seq,
                            'lastMessage', (select e.id || ' ' || coalesce(e.version, e.pos, e.seq) from messages e
                                            where e.conversation_id = c.id order by e.seq desc limit 1))
                        from conversations c join members m on m.conversation_id = c.id and m.user_id = ?
                        where c.id = ?
                        """).params(userId, conversation).query(String.class).single());
    }
}
