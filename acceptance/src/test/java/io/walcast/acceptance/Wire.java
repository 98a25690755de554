package io.walcast.acceptance;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that one connection at {@code /ws} hears, from the beginning of a conversation on. Thread-safe. */
final class Wire implements AutoCloseable, WebSocket.Listener {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> frames = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    /** Returns when the conversation is live. */
    Wire(int port, UUID conversation) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("X-User-Id", RestClient.LISTENER)
                .buildAsync(WalcastProcess.uri("ws", port, "/ws"), this)
                .join();
        Awaitility.await("a join is answered")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    if (frames.stream().map(JSON::readTree).anyMatch(Wire::isJoined)) {
                        return true;
                    }
                    socket.sendText(
                                    "{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\",\"pos\":0}}"
                                            .formatted(conversation),
                                    true)
                            .join();
                    return false;
                });
    }

    /** Waits for so many messages that were changed. */
    void await(String what, int changed) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .until(() -> frames.stream()
                                .map(JSON::readTree)
                                .filter(TakenBackTextIT::isChange)
                                .map(frame ->
                                        frame.path("data").path("messageId").asString(""))
                                .distinct()
                                .count()
                        >= changed);
    }

    /** Everything, as it came. */
    String heard() {
        return String.join("\n", frames);
    }

    private static boolean isJoined(JsonNode frame) {
        return frame.path("event").asString("").equals("ack")
                && frame.path("data").path("ok").asBoolean(false);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            frames.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
