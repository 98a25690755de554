package io.walcast.acceptance;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plain-JSON client of one user in many conversations, as patient as {@code walcast.js}: it waits 10 s for an answer
 * before it takes another connection, and asks again after growing pauses what was refused as {@code unavailable}. It can
 * stop reading.
 *
 * <p><b>Lifecycle.</b> From its creation to {@link #close()}. <b>Concurrency.</b> Thread-safe.
 */
public final class Member implements AutoCloseable {

    private static final long ANSWER_MILLIS = 10_000;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final Set<String> RETRIED = Set.of("unavailable", "limit_exceeded");
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ScheduledExecutorService CLOCK = Executors.newScheduledThreadPool(1, task -> {
        var thread = new Thread(task, "members");
        thread.setDaemon(true);
        return thread;
    });

    private final Supplier<URI> uri;
    private final String userId;
    private final List<UUID> conversations;

    /** The highest seq received, by conversation, where it is more than none. */
    private final Map<UUID, Long> received = new HashMap<>();

    private final Map<UUID, String> refusals = new HashMap<>();
    private @Nullable Session session;
    private boolean reads = true;
    private boolean closed;
    private int connections;
    private int asked;
    private int putOut;
    private int attempts;

    private Member(Supplier<URI> uri, String userId, List<UUID> conversations) {
        this.uri = uri;
        this.userId = userId;
        this.conversations = conversations;
        connect();
    }

    /** Connects, and joins them all. */
    public static Member of(Supplier<URI> uri, String userId, List<UUID> conversations) {
        return new Member(uri, userId, conversations);
    }

    /** Whether the server has said that every conversation is live on the present connection. */
    public synchronized boolean joined() {
        return session != null && session.joined == conversations.size();
    }

    /** How often it was connected. */
    public synchronized int connections() {
        return connections;
    }

    /** How often it asked to join something. */
    public synchronized int asked() {
        return asked;
    }

    /** How often it was put out of a conversation. */
    public synchronized int putOut() {
        return putOut;
    }

    /** The highest seq that it has received; 0 if none. */
    public synchronized long received(UUID conversation) {
        return received.getOrDefault(conversation, 0L);
    }

    /** Why a conversation is refused for good; null if it is not. */
    public synchronized @Nullable String refusal(UUID conversation) {
        return refusals.get(conversation);
    }

    /** Reads nothing more from the network, but for what is just arriving. */
    public synchronized void stopReading() {
        reads = false;
    }

    public synchronized void readOn() {
        reads = true;
        if (session != null && session.socket != null) {
            session.socket.request(1);
        }
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
        var unused = HTTP.newWebSocketBuilder()
                .header("X-User-Id", userId)
                .connectTimeout(Duration.ofMillis(ANSWER_MILLIS))
                .buildAsync(uri.get(), session)
                .exceptionally(failure -> {
                    connectAgain(null);
                    return null;
                });
    }

    private synchronized void connectAgain(@Nullable Session ended) {
        if (closed || (ended != null && ended != session)) {
            return;
        }
        session = null;
        CLOCK.schedule(this::connect, pause(attempts++), TimeUnit.MILLISECONDS);
    }

    private static long pause(int attempt) {
        long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt + 1, 10));
        return ThreadLocalRandom.current().nextLong(FIRST_PAUSE_MILLIS, ceiling + 1);
    }

    /** One connection; guarded by the member. */
    private final class Session implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();
        private final Queue<String> unsent = new ArrayDeque<>();
        private final int[] tries = new int[conversations.size()];
        private final int[] askedOf = new int[conversations.size()];
        private final int[] answeredOf = new int[conversations.size()];
        private @Nullable WebSocket socket;
        private boolean sending;
        private int joined;

        @Override
        public void onOpen(WebSocket opened) {
            synchronized (Member.this) {
                socket = opened;
                connections++;
                for (int i = 0; i < conversations.size(); i++) {
                    if (!refusals.containsKey(conversations.get(i))) {
                        join(i);
                    }
                }
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            synchronized (Member.this) {
                if (last) {
                    JsonNode frame = JSON.readTree(text.toString());
                    text.setLength(0);
                    heard(frame.path("event").asString(""), frame);
                }
                if (reads) {
                    from.request(1);
                }
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            connectAgain(this);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            connectAgain(this);
        }

        private void heard(String event, JsonNode frame) {
            JsonNode data = frame.path("data");
            switch (event) {
                case "ack" -> answered(frame.path("id").asInt(), data);
                case "message.created" -> {
                    JsonNode message = data.path("message");
                    received.merge(
                            UUID.fromString(message.path("conversationId").asString()),
                            message.path("seq").longValue(),
                            Math::max);
                }
                case "conversation.left" -> {
                    putOut++;
                    joined--;
                    join(conversations.indexOf(
                            UUID.fromString(data.path("conversationId").asString())));
                }
                default -> {}
            }
        }

        private void answered(int index, JsonNode data) {
            answeredOf[index]++;
            if (data.path("ok").asBoolean(false)) {
                joined++;
                attempts = 0;
                return;
            }
            String code = data.path("error").path("code").asString("");
            if (RETRIED.contains(code)) {
                CLOCK.schedule(() -> joinAgain(index), pause(tries[index]++), TimeUnit.MILLISECONDS);
            } else {
                refusals.put(conversations.get(index), code);
            }
        }

        private void joinAgain(int index) {
            synchronized (Member.this) {
                if (session == this) {
                    join(index);
                }
            }
        }

        private void join(int index) {
            asked++;
            int number = ++askedOf[index];
            long after = received.getOrDefault(conversations.get(index), 0L);
            send("{\"id\":%d,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\",\"after\":%d}}"
                    .formatted(index, conversations.get(index), after));
            CLOCK.schedule(() -> giveUpUnlessAnswered(index, number), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        }

        /** An answer that does not come ends the connection. */
        private void giveUpUnlessAnswered(int index, int number) {
            synchronized (Member.this) {
                if (session == this && reads && answeredOf[index] < number) {
                    end();
                }
            }
        }

        private void end() {
            if (socket != null) {
                socket.abort();
            }
            connectAgain(this);
        }

        private void send(String frame) {
            unsent.add(frame);
            if (!sending) {
                sendNext();
            }
        }

        private void sendNext() {
            String frame = unsent.poll();
            sending = frame != null;
            if (frame != null && socket != null) {
                var unused = socket.sendText(frame, true).whenComplete((sent, failure) -> {
                    synchronized (Member.this) {
                        if (failure == null) {
                            sendNext();
                        }
                    }
                });
            }
        }
    }
}
