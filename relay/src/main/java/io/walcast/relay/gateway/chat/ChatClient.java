package io.walcast.relay.gateway.chat;

import io.walcast.relay.rooms.JoinResult;
import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import io.walcast.relay.rooms.Subscriber;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One identified client: carries out its requests and is its presence in rooms.
 *
 * <p><b>Lifecycle.</b> From identification to {@link #disconnected()}, after which it is in no room.
 * <b>Concurrency.</b> Requests come one at a time; everything else from any thread.
 */
public final class ChatClient implements Subscriber {

    private final String userId;
    private final ClientLink link;
    private final Rooms rooms;
    private final Set<UUID> joined = ConcurrentHashMap.newKeySet();
    private volatile boolean gone;

    public ChatClient(String userId, ClientLink link, Rooms rooms) {
        this.userId = userId;
        this.link = link;
        this.rooms = rooms;
    }

    /**
     * Carries out one request and answers it, now or later.
     *
     * @param event name of the event that the client sent
     * @param data its data, null if it came without
     */
    public void request(String event, @Nullable JsonNode data, Answer answer) {
        try {
            switch (event) {
                case "join.conversation" -> join(data, answer);
                case "leave.conversation" -> leave(data, answer);
                case "ping" -> answer.send("{\"ok\":true}");
                default -> throw new Refusal(ErrorCode.BAD_REQUEST, "There is no event \"" + event + "\".");
            }
        } catch (Refusal e) {
            answer.refuse(e);
        }
    }

    /** Leaves all rooms, for good. */
    public void disconnected() {
        gone = true;
        joined.forEach(conversationId -> rooms.leave(this, conversationId));
    }

    @Override
    public String userId() {
        return userId;
    }

    @Override
    public boolean offer(RoomEvent event) {
        return link.send(event);
    }

    @Override
    public void whenDrained(Runnable action) {
        link.whenDrained(action);
    }

    @Override
    public void resync(UUID conversationId, long after) {
        link.sendUrgent("resync", Json.write(json -> {
            json.writeStartObject();
            json.writeStringProperty("conversationId", conversationId.toString());
            json.writeNumberProperty("after", after);
            json.writeEndObject();
        }));
    }

    @Override
    public void evicted(UUID conversationId) {
        joined.remove(conversationId);
        link.sendUrgent("conversation.left", "{\"conversationId\":\"" + conversationId + "\"}");
    }

    private void join(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = Requests.conversationId(data);
        rooms.join(
                this,
                conversationId,
                Requests.after(data),
                Requests.epoch(data),
                result -> answered(conversationId, result, answer));
    }

    private void leave(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = Requests.conversationId(data);
        joined.remove(conversationId);
        rooms.leave(this, conversationId);
        answer.send("{\"ok\":true,\"conversationId\":\"" + conversationId + "\"}");
    }

    private void answered(UUID conversationId, JoinResult result, Answer answer) {
        if (result instanceof Joined) {
            joined.add(conversationId);
            if (gone) {
                // The client went away while the table was asked.
                rooms.leave(this, conversationId);
                return;
            }
        } else {
            joined.remove(conversationId);
        }
        answer(result, answer);
    }

    private static void answer(JoinResult result, Answer answer) {
        if (result instanceof Joined joined) {
            answer.send(Json.write(json -> {
                json.writeStartObject();
                json.writeBooleanProperty("ok", true);
                json.writeStringProperty(
                        "conversationId", joined.conversationId().toString());
                json.writeNumberProperty("lastSeq", joined.lastSeq());
                json.writeStringProperty("epoch", joined.epoch());
                json.writeEndObject();
            }));
        } else if (result instanceof NotFound) {
            answer.refuse(new Refusal(ErrorCode.NOT_FOUND, "There is no such conversation for you."));
        } else if (result instanceof HistoryChanged) {
            answer.refuse(new Refusal(
                    ErrorCode.HISTORY_CHANGED,
                    "Your position is not in this conversation's history: load it anew and join without after."));
        } else if (result instanceof Unavailable) {
            answer.refuse(
                    new Refusal(ErrorCode.UNAVAILABLE, "The conversation cannot be read now: try again in a second."));
        }
    }
}
