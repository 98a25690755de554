package io.walcast.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One user of the REST API. Thread-safe. */
public final class RestClient {

    /** The user who posts. */
    public static final String POSTER = "poster";

    /** The user who listens. */
    public static final String LISTENER = "listener";

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
    private static final Executor EXECUTOR = Executors.newFixedThreadPool(2, task -> {
        var thread = new Thread(task, "rest-client");
        thread.setDaemon(true);
        return thread;
    });
    private static final JsonMapper JSON = new JsonMapper();

    private final WalcastProcess walcast;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(EXECUTOR)
            .build();

    public RestClient(WalcastProcess walcast) {
        this.walcast = walcast;
    }

    /** Creates a conversation of {@link #POSTER} and {@link #LISTENER}. */
    public UUID createConversation() {
        var answer = send("POST", "/conversations", Map.of("members", new String[] {POSTER, LISTENER}));
        return UUID.fromString(answer.path("id").stringValue());
    }

    /** Removes a member from a conversation of {@link #POSTER}. */
    public void removeMember(UUID conversation, String userId) {
        send(
                request("/conversations/" + conversation + "/members/" + userId)
                        .DELETE()
                        .build(),
                204);
    }

    /** Reads one resource. */
    public JsonNode get(String path) {
        var request = request(path).GET().build();
        return send(request, 200);
    }

    /** Posts a message and returns it as the answer has it. */
    public JsonNode post(UUID conversation, String content) {
        return send("POST", "/messages", message(conversation, content));
    }

    /** Posts a message under an idempotency key; whatever comes back completes the future. */
    CompletableFuture<HttpResponse<String>> post(UUID conversation, String content, String idempotencyKey) {
        var request = request("/messages")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(message(conversation, content))))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    /** Changes something as a user; whatever comes back completes the future. */
    CompletableFuture<HttpResponse<String>> change(String method, String path, @Nullable String body, String user) {
        var request = request(path, user)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    private static Map<String, Object> message(UUID conversation, String content) {
        return Map.of("conversationId", conversation, "type", "TEXT", "content", content);
    }

    private JsonNode send(String method, String path, Object body) {
        var request = request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        return send(request, 201);
    }

    private JsonNode send(HttpRequest request, int expectedStatus) {
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != expectedStatus) {
                throw new IllegalStateException(
                        "%s answered %d %s".formatted(request, answer.statusCode(), answer.body()));
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return request(path, POSTER);
    }

    private HttpRequest.Builder request(String path, String user) {
        return HttpRequest.newBuilder(walcast.uri("http", path))
                .timeout(REQUEST_LIMIT)
                .header("X-User-Id", user);
    }
}
