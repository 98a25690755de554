package io.walcast.app.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the API as any HTTP client does. */
public final class RestClient {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Environment environment;

    RestClient(Environment environment) {
        this.environment = environment;
    }

    public int port() {
        return environment.getRequiredProperty("local.server.port", Integer.class);
    }

    public Answer get(String path, String user) {
        return send(path, request -> request.header("X-User-Id", user));
    }

    public Answer put(String path, String user) {
        return send(path, request -> request.header("X-User-Id", user).PUT(BodyPublishers.noBody()));
    }

    public Answer put(String path, String user, String json) {
        return send(
                path,
                request -> request.header("X-User-Id", user)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(json)));
    }

    public Answer patch(String path, String user, String json, String... headers) {
        return send(path, request -> {
            request.header("X-User-Id", user)
                    .header("Content-Type", "application/json")
                    .method("PATCH", BodyPublishers.ofString(json));
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    public Answer delete(String path, String user) {
        return send(path, request -> request.header("X-User-Id", user).DELETE());
    }

    public Answer post(String path, String user, String json, String... headers) {
        return send(path, request -> {
            request.header("X-User-Id", user)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(json));
            if (headers.length > 0) {
                request.headers(headers);
            }
        });
    }

    public Answer send(String path, Consumer<HttpRequest.Builder> details) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
        details.accept(request);
        try {
            return new Answer(http.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + path, e);
        }
    }

    /** Creates a conversation and returns its id. */
    public String conversation(String creator, String... others) {
        var json = JsonMapper.shared().writeValueAsString(Map.of("members", List.of(others)));
        return post("/conversations", creator, json).text("id");
    }

    /** Posts a text. */
    public Answer say(String conversationId, String sender, String content, String... headers) {
        return post("/messages", sender, text(conversationId, content), headers);
    }

    /** Edits a message. */
    public Answer edit(String messageId, String user, String content, String... headers) {
        return patch(
                "/messages/" + messageId,
                user,
                JsonMapper.shared().writeValueAsString(Map.of("content", content)),
                headers);
    }

    /** The path of a reaction to a message. */
    public static String reaction(String messageId, String emoji) {
        return "/messages/" + messageId + "/reactions/" + URLEncoder.encode(emoji, StandardCharsets.UTF_8);
    }

    /** The body of a post of a text. */
    public static String text(String conversationId, String content) {
        return JsonMapper.shared()
                .writeValueAsString(Map.of("conversationId", conversationId, "type", "TEXT", "content", content));
    }
}
