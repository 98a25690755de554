package io.walcast.acceptance.benchmark;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client at {@code /ws} that hands each frame on, and parses none. One thread at a time calls the consumer. */
final class JsonSocket implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Consumer<String> frames;
    private final StringBuilder text = new StringBuilder();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final WebSocket socket;

    JsonSocket(int port, String userId, Consumer<String> frames) {
        this.frames = frames;
        this.socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:%d/ws?userId=%s".formatted(port, userId)), this)
                .join();
    }

    JsonSocket send(String frame) {
        socket.sendText(frame, true).join();
        return this;
    }

    /** The number after the first such name in a frame; -1 if there is none. */
    static long number(String frame, String name) {
        int at = frame.indexOf("\"" + name + "\":");
        if (at < 0) {
            return -1;
        }
        int begin = at + name.length() + 3;
        while (frame.charAt(begin) == ' ') {
            begin++;
        }
        int end = begin;
        while (end < frame.length() && Character.isDigit(frame.charAt(end))) {
            end++;
        }
        return end == begin ? -1 : Long.parseLong(frame.substring(begin, end));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            frames.accept(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        ended.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        ended.countDown();
    }

    /** Waits for something that the consumer counts down. */
    void await(CountDownLatch what, Duration limit) {
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (!what.await(1, TimeUnit.SECONDS)) {
                if (ended.getCount() == 0 || System.nanoTime() > end) {
                    throw new IllegalStateException("the connection ended, or not everything came within " + limit);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
