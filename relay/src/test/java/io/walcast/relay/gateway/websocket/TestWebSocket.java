package io.walcast.relay.gateway.websocket;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that remembers what it received, in order; text as String, binary as byte[]. */
public final class TestWebSocket implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final AtomicInteger demand = new AtomicInteger();
    private volatile boolean reading = true;
    private WebSocket socket;

    private TestWebSocket() {}

    public static TestWebSocket connect(URI uri) {
        return connect(uri, null);
    }

    public static TestWebSocket connect(URI uri, String origin) {
        var client = new TestWebSocket();
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (origin != null) {
            builder.header("Origin", origin);
        }
        client.socket = builder.buildAsync(uri, client).join();
        return client;
    }

    public void send(String message) {
        socket.sendText(message, true).join();
    }

    public void send(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).join();
    }

    public void sendPart(String part, boolean last) {
        socket.sendText(part, last).join();
    }

    /** The next message; fails after ten seconds without one. */
    public Object next() throws InterruptedException {
        Object message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message; closed: " + closed);
        }
        return message;
    }

    public String nextText() throws InterruptedException {
        return (String) next();
    }

    /** Messages that have arrived and were not asked for yet. */
    public int pending() {
        return received.size();
    }

    /** Stops reading from the network, as a client that hangs does. */
    public void stopReading() {
        reading = false;
    }

    public void startReading() {
        reading = true;
        request();
    }

    /** The close code; 1006 when there was none. */
    public int closeCode() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public boolean isClosed() {
        return closed.isDone();
    }

    public void sendClose(int code) {
        socket.sendClose(code, "").join();
    }

    /** Drops the connection without a close frame. */
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        socket = webSocket;
        demand.set(1);
        webSocket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            received.add(text.toString());
            text.setLength(0);
        }
        demand.set(0);
        request();
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            received.add(binary.toByteArray());
            binary.reset();
        }
        demand.set(0);
        request();
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete(1006);
    }

    private void request() {
        if (reading && demand.compareAndSet(0, 1)) {
            socket.request(1);
        }
    }
}
