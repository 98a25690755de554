package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain WebSocket client that speaks JSON and keeps what it is told in the order in which it came. */
public final class JsonSocket implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> close = new CompletableFuture<>();
    private final WebSocket socket;
    private volatile boolean reads = true;

    private JsonSocket(URI uri) {
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri, new Receiver())
                .join();
    }

    public static JsonSocket open(int port, String userId) {
        return new JsonSocket(URI.create("ws://127.0.0.1:" + port + "/ws?userId=" + userId));
    }

    public static JsonSocket openUnidentified(int port) {
        return new JsonSocket(URI.create("ws://127.0.0.1:" + port + "/ws"));
    }

    public JsonSocket send(String json) {
        socket.sendText(json.replace('\'', '"'), true).join();
        return this;
    }

    /**
     * Joins a conversation and returns the data of the answer, which must be the next thing that the server says.
     *
     * @param more members of the request after the conversation's id, such as {@code ,'after':3}
     */
    public JsonNode join(UUID conversation, String more) {
        JsonNode answer = send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "'"
                        + more + "}}")
                .next();
        assertThat(answer.path("event").stringValue()).isEqualTo("ack");
        return answer.path("data");
    }

    /** Reads nothing more from the network until {@link #readOn()}, but for what is just arriving. */
    public void stopReading() {
        reads = false;
    }

    public void readOn() {
        reads = true;
        socket.request(1);
    }

    /** The next thing that the server says. */
    public JsonNode next() {
        try {
            JsonNode message = received.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("an answer within 30 s").isNotNull();
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Code and reason. */
    public String closed() {
        return close.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Receiver implements WebSocket.Listener {

        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                received.add(JSON.readTree(partial.toString()));
                partial.setLength(0);
            }
            if (reads) {
                webSocket.request(1);
            }
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            close.complete(code + " " + reason);
            return null;
        }
    }
}
