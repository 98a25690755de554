package io.walcast.acceptance;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plain-JSON client in one conversation.
 *
 * <p>One that {@linkplain #resuming resumes} does what PROTOCOL.md asks of a client: it connects again when its
 * connection ends or falls silent, joins with the last seq it has, and joins again when it meets a hole. One that
 * {@linkplain #staying stays} joins once and then only listens, so that it shows what the gateway pushes by itself.
 *
 * <p><b>Lifecycle.</b> From its creation to {@link #close()}. <b>Concurrency.</b> Thread-safe; frames of one connection
 * are handled one at a time.
 */
public final class Listener implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final Duration JOIN_AGAIN = Duration.ofMillis(500);
    private static final Duration PING = Duration.ofSeconds(1);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(4);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ScheduledExecutorService CLOCK = Executors.newScheduledThreadPool(1, task -> {
        var thread = new Thread(task, "listeners");
        thread.setDaemon(true);
        return thread;
    });

    private final Supplier<URI> uri;
    private final UUID conversation;
    private final boolean resumes;
    private final Duration patience;
    private final Receipts receipts = new Receipts();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger resyncs = new AtomicInteger();

    private Duration pause = FIRST_PAUSE;
    private @Nullable Session session;
    private @Nullable String epoch;
    private volatile @Nullable String refusal;
    private boolean closed;

    private Listener(Supplier<URI> uri, UUID conversation, boolean resumes, Duration patience) {
        this.uri = uri;
        this.conversation = conversation;
        this.resumes = resumes;
        this.patience = patience;
        connect();
    }

    /**
     * A client that does all it can to miss nothing.
     *
     * @param uri of {@code /ws}; asked for with each connection
     * @param patience how long its connection may be silent, though the server answers a ping each second, before it
     *     takes another one
     */
    public static Listener resuming(Supplier<URI> uri, UUID conversation, Duration patience) {
        return new Listener(uri, conversation, true, patience);
    }

    /**
     * A client that misses what is not pushed to it.
     *
     * @param uri of {@code /ws}
     */
    public static Listener staying(URI uri, UUID conversation) {
        return new Listener(() -> uri, conversation, false, Duration.ZERO);
    }

    public UUID conversation() {
        return conversation;
    }

    Receipts receipts() {
        return receipts;
    }

    /** How many messages arrived, each counted once. */
    public long received() {
        return receipts.count();
    }

    /** How often it was connected. */
    public int connections() {
        return connections.get();
    }

    /** How often the server told it that it is too slow and will be served from the table. */
    public int resyncs() {
        return resyncs.get();
    }

    /** Why the last join was refused; null if it was not. */
    public @Nullable String refusal() {
        return refusal;
    }

    /** Whether the server has said that the room is live for this client. */
    public synchronized boolean joined() {
        return session != null && session.joined;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (session != null) {
            session.end();
        }
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        session = new Session();
        session.open();
    }

    private synchronized void ended(Session ended) {
        if (ended != session || closed) {
            return;
        }
        session = null;
        if (resumes) {
            CLOCK.schedule(this::connect, pause.toMillis(), TimeUnit.MILLISECONDS);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private synchronized void joined(Session by, JsonNode answer) {
        if (answer.path("ok").asBoolean(false)) {
            refusal = null;
            epoch = answer.path("epoch").asString(null);
            by.joined = true;
            pause = FIRST_PAUSE;
        } else {
            refusal = answer.path("error").path("code").asString();
            if (resumes) {
                CLOCK.schedule(by::join, JOIN_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** One connection. */
    private final class Session implements WebSocket.Listener {

        private static final int JOIN_ID = 1;
        private static final int PING_ID = 2;

        private final StringBuilder text = new StringBuilder();
        private volatile boolean joined;
        private volatile long heardNanos = System.nanoTime();
        private volatile long joiningNanos;
        private volatile boolean over;
        private @Nullable WebSocket socket;
        private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

        void open() {
            var unused = HTTP.newWebSocketBuilder()
                    .header("X-User-Id", RestClient.LISTENER)
                    .connectTimeout(CONNECT_LIMIT)
                    .buildAsync(uri.get(), this)
                    .whenComplete((opened, failure) -> {
                        if (failure != null) {
                            ended(this);
                        }
                    });
        }

        @Override
        public void onOpen(WebSocket opened) {
            synchronized (this) {
                socket = opened;
            }
            connections.incrementAndGet();
            join();
            if (resumes) {
                CLOCK.schedule(this::watch, PING.toMillis(), TimeUnit.MILLISECONDS);
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            heardNanos = System.nanoTime();
            text.append(part);
            if (last) {
                var frame = JSON.readTree(text.toString());
                text.setLength(0);
                heard(frame.path("event").asString(""), frame);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            over = true;
            ended(this);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            over = true;
            ended(this);
        }

        void join() {
            joiningNanos = System.nanoTime();
            var data = JSON.createObjectNode()
                    .put("conversationId", conversation.toString())
                    .put("after", receipts.contiguous());
            synchronized (Listener.this) {
                if (epoch != null) {
                    data.put("epoch", epoch);
                }
            }
            send(JSON.createObjectNode()
                    .put("id", JOIN_ID)
                    .put("event", "join.conversation")
                    .set("data", data));
        }

        void end() {
            over = true;
            WebSocket open;
            synchronized (this) {
                open = socket;
            }
            if (open != null) {
                open.abort();
            }
            ended(this);
        }

        private void heard(String event, JsonNode frame) {
            var data = frame.path("data");
            switch (event) {
                case "message.created" ->
                    message(data.path("message").path("seq").longValue());
                case "resync" -> resyncs.incrementAndGet();
                case "conversation.left" -> left();
                case "ack" -> {
                    if (frame.path("id").asInt(0) == JOIN_ID) {
                        joined(this, data);
                    }
                }
                default -> {}
            }
        }

        private void message(long seq) {
            receipts.arrived(seq);
            var notJustNow = System.nanoTime() - joiningNanos > JOIN_AGAIN.toNanos();
            if (resumes && receipts.hasHole() && notJustNow) {
                join();
            }
        }

        private void left() {
            joined = false;
            if (resumes) {
                join();
            }
        }

        private void watch() {
            if (over) {
                return;
            }
            if (System.nanoTime() - heardNanos > patience.toNanos()) {
                end();
                return;
            }
            send(JSON.createObjectNode().put("id", PING_ID).put("event", "ping"));
            CLOCK.schedule(this::watch, PING.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void send(JsonNode frame) {
            var open = socket;
            if (open != null) {
                // The next frame may be sent when the one before it was; how a connection ends shows elsewhere.
                sending = sending.handle((done, failure) -> open.sendText(frame.toString(), true))
                        .thenCompose(sent -> sent);
            }
        }
    }
}
