package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.chat.Answer;
import io.walcast.relay.gateway.chat.ChatClient;
import io.walcast.relay.gateway.chat.ClientLink;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.ErrorsOnly;
import io.walcast.relay.gateway.chat.Identity;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.transport.WebSocketConnection;
import io.walcast.relay.gateway.transport.WebSocketListener;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One connection that speaks plain JSON.
 *
 * <p>Until it is identified, by the handshake or by an {@code authenticate} event, every other request is refused. What
 * is no request at all is answered by an {@code error} event without an id.
 */
final class JsonClient implements WebSocketListener, ClientLink {

    private static final int DEEPEST = 32;

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build());

    private final Identity identity;
    private final Rooms rooms;
    private final @Nullable String handshakeUser;

    private @Nullable WebSocketConnection connection;
    private @Nullable ChatClient client;

    /** @param handshakeUser who the handshake said it is; null if it did not say */
    JsonClient(Identity identity, Rooms rooms, @Nullable String handshakeUser) {
        this.identity = identity;
        this.rooms = rooms;
        this.handshakeUser = handshakeUser;
    }

    @Override
    public void opened(WebSocketConnection opened) {
        connection = opened;
        if (handshakeUser != null) {
            client = new ChatClient(handshakeUser, this, rooms);
        }
    }

    @Override
    public void text(String message) {
        try {
            JsonNode request = parse(message);
            JsonNode event = request.get("event");
            if (event == null || !event.isString()) {
                throw new Refusal(ErrorCode.BAD_REQUEST, "A request has a string \"event\".");
            }
            request(event.stringValue(), request.get("data"), answerTo(request.get("id")));
        } catch (Refusal e) {
            sendError(e);
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        sendError(new Refusal(ErrorCode.BAD_REQUEST, "Requests are text messages."));
    }

    @Override
    public void closed(int code, String reason) {
        if (client != null) {
            client.disconnected();
        }
    }

    @Override
    public boolean send(RoomEvent event) {
        return connection().send(event.as(JsonFormat.EVENT));
    }

    @Override
    public void sendUrgent(String event, String json) {
        connection().sendUrgent(JsonFormat.event(event, json));
    }

    @Override
    public void whenDrained(Runnable action) {
        connection().whenDrained(action);
    }

    private void request(String event, @Nullable JsonNode data, Answer answer) {
        if (event.equals("authenticate")) {
            authenticate(data, answer);
        } else if (client == null) {
            answer.refuse(new Refusal(ErrorCode.UNAUTHORIZED, "Send an authenticate event first."));
        } else {
            client.request(event, data, answer);
        }
    }

    private void authenticate(@Nullable JsonNode data, Answer answer) {
        try {
            String userId = identity.of(data);
            if (client == null) {
                client = new ChatClient(userId, this, rooms);
            } else if (!client.userId().equals(userId)) {
                throw new Refusal(ErrorCode.BAD_REQUEST, "This connection is another user's: open a new one.");
            }
            answer.send("{\"ok\":true}");
        } catch (Refusal e) {
            answer.refuse(e);
        }
    }

    private Answer answerTo(@Nullable JsonNode id) throws Refusal {
        if (id == null || id.isNull()) {
            return new ErrorsOnly(this);
        }
        if (!id.isIntegralNumber() && !id.isString()) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "An id is a whole number or a string.");
        }
        return new Ack(id.toString());
    }

    private void sendError(Refusal refusal) {
        sendUrgent("error", refusal.answer());
    }

    /** Answers a request that came with an id. */
    private final class Ack implements Answer {

        private final String id;

        Ack(String id) {
            this.id = id;
        }

        @Override
        public void send(String json) {
            connection().sendUrgent(JsonFormat.ack(id, json));
        }

        @Override
        public void refuse(Refusal refusal) {
            send(refusal.answer());
        }
    }

    private static JsonNode parse(String message) throws Refusal {
        try {
            JsonNode request = JSON.readTree(message);
            if (request.isObject()) {
                return request;
            }
        } catch (JacksonException e) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "This is not JSON: " + e.getOriginalMessage());
        }
        throw new Refusal(ErrorCode.BAD_REQUEST, "A request is a JSON object.");
    }

    private WebSocketConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return connection;
    }
}
