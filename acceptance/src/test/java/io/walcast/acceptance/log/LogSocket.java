package io.walcast.acceptance.log;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection to the gateway, in either format: requests out, answers and events in.
 *
 * <p><b>Lifecycle.</b> From {@link #open} until {@link Handler#ended} or {@link #close()}. <b>Concurrency.</b> Thread-safe;
 * the handler is called for one thing at a time.
 */
final class LogSocket implements WebSocket.Listener, AutoCloseable {

    /** The two formats of PROTOCOL.md. */
    enum Format {
        JSON("/ws"),
        SOCKET_IO("/socket.io/?EIO=4&transport=websocket");

        final String path;

        Format(String path) {
            this.path = path;
        }
    }

    /** What becomes of a connection. */
    interface Handler {
        /** Requests may be sent. @param welcome what Socket.IO answered to the connection; empty in plain JSON */
        void opened(LogSocket socket, JsonNode welcome);

        void answered(LogSocket socket, int id, JsonNode answer);

        void event(LogSocket socket, String name, JsonNode data);

        /** The offset of Socket.IO's recovery. */
        void offset(LogSocket socket, String offset);

        /** The handler has thrown this. */
        void failed(RuntimeException failure);

        void ended(LogSocket socket);
    }

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(4);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Format format;
    private final Handler handler;
    private final ObjectNode auth;
    private final StringBuilder text = new StringBuilder();
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
    private volatile @Nullable WebSocket socket;
    private volatile long heardNanos = System.nanoTime();

    private LogSocket(Format format, Handler handler, ObjectNode auth) {
        this.format = format;
        this.handler = handler;
        this.auth = auth;
    }

    /** @param auth what Socket.IO sends with the connection: who it is, and what its recovery needs */
    static LogSocket open(Format format, URI uri, String userId, ObjectNode auth, Handler handler) {
        var opening = new LogSocket(format, handler, auth);
        var unused = HTTP.newWebSocketBuilder()
                .header("X-User-Id", userId)
                .connectTimeout(CONNECT_LIMIT)
                .buildAsync(uri, opening)
                .whenComplete((opened, failure) -> {
                    if (failure != null) {
                        handler.ended(opening);
                    }
                });
        return opening;
    }

    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    void request(int id, String event, @Nullable JsonNode data) {
        var part = data == null ? "" : "," + (format == Format.JSON ? "\"data\":" : "") + data;
        send(
                format == Format.JSON
                        ? "{\"id\":%d,\"event\":\"%s\"%s}".formatted(id, event, part)
                        : "42%d[\"%s\"%s]".formatted(id, event, part));
    }

    @Override
    public void close() {
        var open = socket;
        if (open != null) {
            open.abort();
        }
        handler.ended(this);
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        if (format == Format.JSON) {
            handler.opened(this, JSON.createObjectNode());
        }
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        heardNanos = System.nanoTime();
        text.append(part);
        if (last) {
            var packet = text.toString();
            text.setLength(0);
            if (format == Format.JSON) {
                frame(JSON.readTree(packet));
            } else {
                packet(packet);
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        handler.ended(this);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        if (error instanceof RuntimeException failure) {
            handler.failed(failure);
        }
        handler.ended(this);
    }

    private void frame(JsonNode frame) {
        var event = frame.path("event").asString("");
        if (event.equals("ack")) {
            handler.answered(this, frame.path("id").asInt(0), frame.path("data"));
        } else {
            handler.event(this, event, frame.path("data"));
        }
    }

    private void packet(String packet) {
        if (packet.startsWith("0{")) {
            send("40" + auth);
        } else if (packet.equals("2")) {
            send("3");
        } else if (packet.startsWith("40")) {
            handler.opened(this, JSON.readTree(packet.substring(2)));
        } else if (packet.startsWith("42[")) {
            var arguments = JSON.readTree(packet.substring(2));
            if (!arguments.path(0).stringValue().equals("offset")) {
                handler.event(this, arguments.path(0).stringValue(), arguments.path(1));
            }
            var last = arguments.get(arguments.size() - 1);
            if (arguments.size() > 1 && last.isString()) {
                handler.offset(this, last.stringValue());
            }
        } else if (packet.startsWith("43")) {
            int data = packet.indexOf('[');
            handler.answered(
                    this,
                    Integer.parseInt(packet.substring(2, data)),
                    JSON.readTree(packet.substring(data)).path(0));
        } else if (packet.startsWith("41") || packet.startsWith("44")) {
            close();
        }
    }

    private synchronized void send(String frame) {
        var open = socket;
        if (open != null) {
            // The next frame may be sent when the one before it was; how a connection ends shows elsewhere.
            sending = sending.handle((done, failure) -> open.sendText(frame, true))
                    .thenCompose(sent -> sent);
        }
    }
}
