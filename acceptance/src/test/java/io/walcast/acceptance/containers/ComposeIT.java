package io.walcast.acceptance.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The compose file as it is started by hand. */
class ComposeIT {

    private static final List<String> RELAYS = List.of("relay-1", "relay-2");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aPostReachesClientsAndAKilledRelayIsReplaced() throws Exception {
        try (var compose = Compose.up()) {
            String token = compose.token("u1");
            var conversation = post(compose, token, "/conversations", Map.of("members", List.of("u2")))
                    .path("id")
                    .stringValue();
            String live = live(compose);
            try (var client = client(compose, live, compose.token("u2"))) {
                client.join(conversation, 0);
                say(compose, token, conversation, "one");
                assertThat(client.nextSeq()).isEqualTo(1);
            }

            compose.kill(live);
            say(compose, token, conversation, "two");
            String successor = live(compose);
            assertThat(successor).isNotEqualTo(live);
            try (var client = client(compose, successor, compose.token("u2"))) {
                client.join(conversation, 1);
                say(compose, token, conversation, "three");
                assertThat(client.nextSeq()).isEqualTo(2);
                assertThat(client.nextSeq()).isEqualTo(3);
            }

            compose.start(live);
            await("the killed one stands by")
                    .atMost(LIMIT)
                    .until(() -> status(compose, live, "/actuator/health/liveness") == 200
                            && status(compose, live, "/actuator/health/readiness") == 503);
            assertThat(live(compose)).isEqualTo(successor);
        }
    }

    /** The relay that is ready; waits until there is one. */
    private String live(Compose compose) {
        return await("a relay is ready")
                .atMost(LIMIT)
                .until(
                        () -> RELAYS.stream()
                                .filter(relay -> status(compose, relay, "/actuator/health/readiness") == 200)
                                .toList(),
                        ready -> ready.size() == 1)
                .get(0);
    }

    /** Zero while nothing answers. */
    private int status(Compose compose, String service, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://" + compose.address(service, 9000) + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException | IllegalStateException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void say(Compose compose, String token, String conversation, String content) throws Exception {
        post(compose, token, "/messages", Map.of("conversationId", conversation, "type", "TEXT", "content", content));
    }

    private JsonNode post(Compose compose, String token, String path, Map<String, ?> body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://" + compose.address("app", 3000) + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        var response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return JSON.readTree(response.body());
    }

    private Client client(Compose compose, String relay, String token) throws Exception {
        var client = new Client();
        client.socket = http.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://" + compose.address(relay, 3000) + "/ws"), client)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return client;
    }

    /** Hears what it gets, message by message. */
    private static final class Client implements WebSocket.Listener, AutoCloseable {

        private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();
        private WebSocket socket;

        void join(String conversation, long after) throws InterruptedException {
            socket.sendText(
                    "{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\",\"after\":%d}}"
                            .formatted(conversation, after),
                    true);
            assertThat(next().at("/data/ok").booleanValue()).isTrue();
        }

        long nextSeq() throws InterruptedException {
            return next().at("/data/message/seq").longValue();
        }

        private JsonNode next() throws InterruptedException {
            JsonNode next = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(next).as("something is heard").isNotNull();
            return next;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                heard.add(JSON.readTree(partial.toString()));
                partial.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
