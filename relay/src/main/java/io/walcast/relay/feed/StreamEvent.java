package io.walcast.relay.feed;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parts of the payload of an outbox row that feeds need.
 *
 * @param pos its place in the log; 0 if the row is from a release without the log, or is not logged
 * @param members the memberships in it
 * @param newest the message in it; null if there is none, or an incomplete one
 */
record StreamEvent(long pos, List<Member> members, Activity.@Nullable Newest newest) {

    /**
     * One membership as it is now.
     *
     * @param version 0 if the row is from a release without the log
     */
    record Member(String userId, boolean present, long version) {}

    private static final List<String> PREVIEW =
            List.of("id", "senderId", "type", "seq", "createdAt", "version", "editedAt", "deletedAt");

    private static final List<String> PLACE = List.of("from", "pos");

    /** Characters of content in a preview, as in the statements. */
    private static final int PREVIEW_CONTENT = 200;

    private static final JsonMapper JSON = new JsonMapper();

    /** @throws IllegalArgumentException if the payload is not valid for the subject */
    static StreamEvent parse(FeedSubject subject, String payload) {
        JsonNode data = read(payload);
        long pos = data.path("pos").asLong(0);
        List<Member> members = new ArrayList<>();
        if (subject == FeedSubject.CREATION) {
            data.path("members").forEach(member -> members.add(member(member, true, pos)));
        } else if (subject.tellsMembers()) {
            boolean present = pos == 0 ? subject == FeedSubject.ADDITION : data.hasNonNull("role");
            members.add(member(data, present, pos));
        }
        return new StreamEvent(pos, members, newest(data.path("message")));
    }

    /**
     * The user whose read marker moved.
     *
     * @throws IllegalArgumentException if the payload names nobody
     */
    static String reader(String payload) {
        return text(read(payload), "userId");
    }

    /** The payload without its place in the log: a feed does not send it in the order of the room. */
    static String withoutPlace(String payload) {
        return read(payload) instanceof ObjectNode data ? data.without(PLACE).toString() : payload;
    }

    private static Member member(JsonNode data, boolean present, long pos) {
        return new Member(text(data, "userId"), present, data.path("version").asLong(pos));
    }

    private static Activity.@Nullable Newest newest(JsonNode message) {
        long seq = message.path("seq").asLong(0);
        JsonNode createdAt = message.path("createdAt");
        if (seq < 1 || !createdAt.isString()) {
            return null;
        }
        ObjectNode preview = JSON.createObjectNode();
        for (String name : PREVIEW) {
            JsonNode value = message.get(name);
            if (value != null) {
                preview.set(name, value);
            }
        }
        JsonNode content = message.path("content");
        preview.put("content", content.isString() ? beginning(content.stringValue()) : null);
        return new Activity.Newest(seq, preview.toString(), createdAt.stringValue());
    }

    private static String beginning(String content) {
        return content.codePointCount(0, content.length()) <= PREVIEW_CONTENT
                ? content
                : content.substring(0, content.offsetByCodePoints(0, PREVIEW_CONTENT));
    }

    private static JsonNode read(String payload) {
        try {
            return JSON.readTree(payload);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the payload cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(JsonNode data, String name) {
        JsonNode value = data.get(name);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException("the payload has no string \"" + name + "\"");
        }
        return value.stringValue();
    }
}
