package io.walcast.relay.rooms;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event for the subscribers of a room, encoded once per wire format for any number of connections.
 *
 * <p>Thread-safe: two threads may encode at the same time, then one result is kept.
 */
public final class RoomEvent {

    /** The name of the event of a read marker. */
    static final String READ = "conversation.read";

    private record Encoded(
            WireFormat<?> format, Object frame, @Nullable Encoded next) {}

    private final UUID conversationId;
    private final long from;
    private final long pos;
    private final long seq;
    private final String name;
    private final String json;
    private volatile @Nullable Encoded encoded;

    private RoomEvent(UUID conversationId, long from, long pos, long seq, String name, String json) {
        this.conversationId = conversationId;
        this.from = from;
        this.pos = pos;
        this.seq = seq;
        this.name = name;
        this.json = json;
    }

    /**
     * An event of the conversation's log, which moves a subscriber from {@code from} to {@code pos}.
     *
     * @param seq of the message, if this creates one; else 0
     * @param json the data, with the same {@code from} and {@code pos}
     */
    public static RoomEvent logged(UUID conversationId, long from, long pos, long seq, String name, String json) {
        return new RoomEvent(conversationId, from, pos, seq, name, json);
    }

    /** An event without content, which moves a subscriber to {@code pos}. */
    static RoomEvent position(UUID conversationId, long from, long pos) {
        String json = "{\"conversationId\":\"" + conversationId + "\",\"from\":" + from + ",\"pos\":" + pos + "}";
        return logged(conversationId, from, pos, 0, "log.position", json);
    }

    /** An event without a place in the log. */
    public static RoomEvent notice(UUID conversationId, String name, String json) {
        return new RoomEvent(conversationId, 0, 0, 0, name, json);
    }

    /** A user's read marker: the seq up to which the user has read. */
    static RoomEvent read(UUID conversationId, String userId, long seq) {
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("conversationId", conversationId.toString())
                .put("userId", userId)
                .put("seq", seq);
        return notice(conversationId, READ, data.toString());
    }

    /** A user types, or has stopped. */
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

    /** The place in the log that a subscriber must have reached for this event to be the next one. */
    public long from() {
        return from;
    }

    /** The place in the log; 0 for a notice. */
    public long pos() {
        return pos;
    }

    /** 1 or more if this creates a message, else 0. */
    public long seq() {
        return seq;
    }

    /** Whether both events have the same name and data. */
    boolean saysTheSameAs(RoomEvent other) {
        return name.equals(other.name) && json.equals(other.json);
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
