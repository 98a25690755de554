package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket and the texts that came over it; can ask a question in either of the two formats. */
final class Wire implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final WebSocket socket;
    private int asked;

    private Wire(int port, String path, String... headers) {
        var builder = HTTP.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + path), new Listener())
                .join();
    }

    static Wire json(int port, String... headers) {
        return new Wire(port, "/ws", headers);
    }

    static Wire socketIo(int port) {
        var wire = new Wire(port, "/socket.io/?EIO=4&transport=websocket");
        assertThat(wire.next()).startsWith("0");
        return wire;
    }

    Wire send(String text) {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException e) {
            // It was closed from the other side meanwhile, which isClosed() and closed() tell.
            closed.complete("broken");
        }
        return this;
    }

    String next() {
        try {
            String text = received.poll(20, TimeUnit.SECONDS);
            assertThat(text).as("something within 20 s").isNotNull();
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The first text that holds this, skipping others. */
    String await(String part) {
        while (true) {
            String text = next();
            if (text.contains(part)) {
                return text;
            }
        }
    }

    /** Asks in plain JSON. */
    JsonNode ask(String event, String data) {
        int id = ++asked;
        send("{\"id\":%d,\"event\":\"%s\",\"data\":%s}".formatted(id, event, data));
        return JsonMapper.shared().readTree(await("\"id\":" + id + ",")).path("data");
    }

    /** Asks in Socket.IO's format. */
    JsonNode emit(String event, String data) {
        int id = ++asked;
        send("42%d[\"%s\",%s]".formatted(id, event, data));
        String answer = await("43" + id + "[");
        return JsonMapper.shared()
                .readTree(answer.substring(answer.indexOf('[')))
                .path(0);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Nullable
    String heardOf(String part) {
        return received.stream().filter(text -> text.contains(part)).findAny().orElse(null);
    }

    /** What came and was not yet looked at. */
    List<String> drain() {
        var all = new ArrayList<String>();
        received.drainTo(all);
        return all;
    }

    /** Code and reason. */
    String closed() {
        return closed.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder partial = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                received.add(partial.toString());
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete("broken");
        }
    }
}
