package io.walcast.relay.gateway.json;

import io.walcast.identity.ByteBudget;
import io.walcast.identity.Caller;
import io.walcast.relay.gateway.chat.Answer;
import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.ChatClient;
import io.walcast.relay.gateway.chat.ClientLink;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.ErrorsOnly;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.chat.RequestRate;
import io.walcast.relay.gateway.chat.RequestRate.Verdict;
import io.walcast.relay.gateway.formats.Ending;
import io.walcast.relay.gateway.websocket.WebSocketConnection;
import io.walcast.relay.gateway.websocket.WebSocketListener;
import io.walcast.relay.rooms.RoomEvent;
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

    /** Small values take some thirty times the memory of their text. */
    private static final int MOST_TOKENS = 1_000;

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxTokenCount(MOST_TOKENS)
                    .maxNumberLength(100)
                    .maxNameLength(1_000)
                    .build())
            .build());

    /** Chars: a token fits. */
    private static final int LONGEST_UNIDENTIFIED = 20 * 1024;

    /** Chars of the name of an event, and of an id: they come back in the answer. */
    private static final int LONGEST_NAME = 64;

    /** A message is held as text, and taken apart. */
    private static final long COPIES = 3;

    private static final int TOO_BIG = 1009;

    private final Chat chat;
    private final JsonClients clients;
    private final ByteBudget incoming;
    private final @Nullable Caller handshakeCaller;
    private final Heartbeat heartbeat = new Heartbeat();
    private final RequestRate rate;

    private volatile @Nullable WebSocketConnection connection;
    private volatile @Nullable ChatClient client;

    /**
     * @param incoming what all clients together may hold here of what they send: a message counts until it is handled
     * @param handshakeCaller who the handshake said it is; null if it did not say
     */
    JsonClient(Chat chat, JsonClients clients, ByteBudget incoming, @Nullable Caller handshakeCaller) {
        this.chat = chat;
        this.clients = clients;
        this.incoming = incoming;
        this.handshakeCaller = handshakeCaller;
        this.rate = chat.requestRate();
    }

    @Override
    public void opened(WebSocketConnection opened) {
        connection = opened;
        if (handshakeCaller != null) {
            try {
                client = chat.admit(handshakeCaller, this);
            } catch (Refusal e) {
                sendError(e);
                opened.close(Ending.LIMIT_EXCEEDED);
            }
        }
        clients.opened(this);
    }

    @Override
    public void text(String message) {
        heartbeat.heard();
        Verdict verdict = rate.count();
        long held = COPIES * message.length();
        if (client == null && message.length() > LONGEST_UNIDENTIFIED) {
            connection().close(TOO_BIG, "a message before authenticate longer than " + LONGEST_UNIDENTIFIED + " chars");
        } else if (verdict == Verdict.FLOOD || !incoming.take(held, 0)) {
            connection().close(Ending.LIMIT_EXCEEDED);
        } else {
            try {
                serve(message, verdict);
            } finally {
                incoming.release(held);
            }
        }
    }

    private void serve(String message, Verdict verdict) {
        try {
            JsonNode request = parse(message);
            JsonNode event = request.get("event");
            if (event == null || !event.isString() || event.stringValue().length() > LONGEST_NAME) {
                throw new Refusal(
                        ErrorCode.BAD_REQUEST,
                        "A request has a string \"event\" of at most " + LONGEST_NAME + " characters.");
            }
            Answer answer = answerTo(request.get("id"));
            if (verdict == Verdict.REFUSE) {
                answer.refuse(RequestRate.refusal());
            } else {
                request(event.stringValue(), request.get("data"), answer);
            }
        } catch (Refusal e) {
            sendError(e);
        }
    }

    @Override
    public void pong() {
        heartbeat.heard();
    }

    @Override
    public void binary(ByteBuffer message) {
        heartbeat.heard();
        if (rate.count() == Verdict.FLOOD) {
            connection().close(Ending.LIMIT_EXCEEDED);
            return;
        }
        sendError(new Refusal(ErrorCode.BAD_REQUEST, "Requests are text messages."));
    }

    @Override
    public void closed(int code, String reason) {
        clients.closed(this);
        ChatClient gone = client;
        if (gone != null) {
            gone.disconnected();
        }
    }

    boolean isIdentified() {
        return client != null;
    }

    /** Closes the connection of one that has not said who it is. */
    void closeUnidentified() {
        connection().close(Ending.UNAUTHORIZED);
    }

    /** Drops a client that is silent, closes one that does not say who it is. For the timer. */
    void check(long now, JsonSettings settings) {
        if (client == null && heartbeat.age(now) > settings.connectTimeout().toNanos()) {
            closeUnidentified();
        }
        if (heartbeat.isSilent(now, settings, connection()::ping)) {
            connection().abort();
        }
    }

    /** Closes the connection in a way that tells the client to come back. */
    void goAway() {
        connection().close(Ending.GOING_AWAY);
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
    public void expired() {
        sendError(Refusal.expired());
        connection().close(Ending.TOKEN_EXPIRED);
    }

    @Override
    public boolean isDrained() {
        return connection().isDrained();
    }

    @Override
    public void whenDrained(Runnable action) {
        connection().whenDrained(action);
    }

    private void request(String event, @Nullable JsonNode data, Answer answer) {
        if (event.equals("authenticate")) {
            authenticate(data, answer);
            return;
        }
        ChatClient identified = client;
        if (identified == null) {
            answer.refuse(new Refusal(ErrorCode.UNAUTHORIZED, "Send an authenticate event first."));
        } else {
            identified.request(event, data, answer);
        }
    }

    private void authenticate(@Nullable JsonNode data, Answer answer) {
        try {
            Caller caller = chat.identify(data);
            ChatClient identified = client;
            if (identified == null) {
                client = chat.admit(caller, this);
                clients.identified(this);
            } else {
                identified.renew(caller);
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
        String text = id.toString();
        if (text.length() > LONGEST_NAME) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "An id has at most " + LONGEST_NAME + " characters as JSON.");
        }
        return new Ack(text);
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
        WebSocketConnection open = connection;
        if (open == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return open;
    }
}
