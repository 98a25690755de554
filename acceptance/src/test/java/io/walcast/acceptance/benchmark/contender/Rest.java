package io.walcast.acceptance.benchmark.contender;

import io.walcast.acceptance.benchmark.driver.Driver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** Prepares conversations. */
final class Rest {

    private static final JsonMapper JSON = new JsonMapper();

    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Rest(int port) {
        this.port = port;
    }

    UUID createConversation(List<String> members) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/conversations".formatted(port)))
                .header("X-User-Id", Driver.poster(0))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("members", members))))
                .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IllegalStateException("no conversation: " + answer.statusCode() + " " + answer.body());
            }
            return UUID.fromString(JSON.readTree(answer.body()).path("id").stringValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
