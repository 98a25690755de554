package io.walcast.relay.feed;

import io.walcast.relay.rooms.RoomEvent;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A live {@code conversation.activity} of a conversation, encoded once for all its followers. It has no data of a
 * single follower.
 *
 * <p>Thread-safe.
 */
final class Activity implements Notice {

    private final UUID conversationId;
    private final long lastPos;
    private final @Nullable Newest newest;
    private volatile @Nullable RoomEvent event;

    /**
     * The newest message.
     *
     * @param preview JSON
     * @param createdAt when it was posted, which is when the conversation was updated
     */
    record Newest(long seq, String preview, String createdAt) {}

    /** @param newest null if it is the same as before */
    Activity(UUID conversationId, long lastPos, @Nullable Newest newest) {
        this.conversationId = conversationId;
        this.lastPos = lastPos;
        this.newest = newest;
    }

    long lastPos() {
        return lastPos;
    }

    @Override
    public Key key() {
        return new Key(Kind.ACTIVITY, conversationId);
    }

    @Override
    public Notice after(Notice earlier) {
        if (newest != null || !(earlier instanceof Activity before) || before.newest == null) {
            return this;
        }
        return new Activity(conversationId, lastPos, before.newest);
    }

    @Override
    public RoomEvent event() {
        RoomEvent made = event;
        if (made == null) {
            made = RoomEvent.notice(conversationId, "conversation.activity", json());
            event = made;
        }
        return made;
    }

    private String json() {
        var json = new StringBuilder("{\"conversationId\":\"").append(conversationId);
        json.append("\",\"lastPos\":").append(lastPos).append(",\"version\":").append(lastPos);
        if (newest != null) {
            json.append(",\"lastSeq\":").append(newest.seq());
            json.append(",\"updatedAt\":\"").append(newest.createdAt());
            json.append("\",\"lastMessage\":").append(newest.preview());
        }
        return json.append('}').toString();
    }
}
