package io.walcast.relay.rooms;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event for everyone in a room, encoded once per wire format however many sockets it goes to.
 *
 * <p>Thread-safe: two threads may encode at the same time, then one result is kept.
 */
public final class RoomEvent {

    private record Encoded(
            WireFormat<?> format, Object frame, @Nullable Encoded next) {}

    private final UUID conversationId;
    private final long seq;
    private final String name;
    private final String json;
    private volatile @Nullable Encoded encoded;

    private RoomEvent(UUID conversationId, long seq, String name, String json) {
        this.conversationId = conversationId;
        this.seq = seq;
        this.name = name;
        this.json = json;
    }

    /** A message: event {@code message.created} with data <code>{"message": ...}</code>. */
    public static RoomEvent message(UUID conversationId, long seq, String message) {
        return new RoomEvent(conversationId, seq, "message.created", "{\"message\":" + message + "}");
    }

    /** An event without a place in the order of messages other than when it comes. */
    public static RoomEvent notice(UUID conversationId, String name, String json) {
        return new RoomEvent(conversationId, 0, name, json);
    }

    /** Somebody types, or has stopped. */
    public static RoomEvent typing(UUID conversationId, String userId, boolean typing) {
        return ofUser("typing", conversationId, userId, "typing", typing);
    }

    /** A user's first connection has joined, or the last one has left. */
    static RoomEvent presence(UUID conversationId, String userId, boolean present) {
        return ofUser("presence", conversationId, userId, "present", present);
    }

    private static RoomEvent ofUser(String name, UUID conversationId, String userId, String state, boolean value) {
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("conversationId", conversationId.toString())
                .put("userId", userId)
                .put(state, value);
        return notice(conversationId, name, data.toString());
    }

    public UUID conversationId() {
        return conversationId;
    }

    /** 1 or more for a message, 0 for a notice. */
    public long seq() {
        return seq;
    }

    /** The event in the given format. */
    @SuppressWarnings("unchecked") // a frame is kept beside the format that made it
    public <F> F as(WireFormat<F> format) {
        Encoded known = encoded;
        for (Encoded candidate = known; candidate != null; candidate = candidate.next()) {
            if (candidate.format() == format) {
                return (F) candidate.frame();
            }
        }
        F frame = format.encode(name, json);
        encoded = new Encoded(format, frame, known);
        return frame;
    }
}
