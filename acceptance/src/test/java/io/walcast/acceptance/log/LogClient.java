package io.walcast.acceptance.log;

import io.walcast.acceptance.log.LogSocket.Format;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of one user that folds all events of some conversations into a state of each, and does what PROTOCOL.md asks of
 * it to miss nothing: it connects again, resumes in its own way, and joins again at a hole.
 *
 * <p><b>Lifecycle.</b> From {@link #connect} to {@link #close()}. <b>Concurrency.</b> Thread-safe.
 */
public final class LogClient implements AutoCloseable {

    /** How a client says what it has. */
    public enum Way {
        AFTER(Format.JSON),
        POS(Format.JSON),
        RECOVERY(Format.SOCKET_IO),
        FEED(Format.JSON);

        private final Format format;

        Way(Format format) {
            this.format = format;
        }
    }

    private static final int PING_ID = 100_000;
    private static final int FEED_ID = 100_001;
    private static final long PAUSE_MILLIS = 250;
    private static final long PING_MILLIS = 1000;
    private static final JsonMapper JSON = new JsonMapper();
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "log-clients");
        thread.setDaemon(true);
        return thread;
    });

    private final Way way;
    private final Function<String, URI> uri;
    private final String userId;
    private final List<UUID> conversations;
    private final Duration patience;
    private final Handler handler = new Handler();
    private final Map<UUID, ConversationState> states;
    private final FeedState feed;

    /** Conversations that are live, and those that a join was sent for, on the present connection. */
    private final Set<UUID> joined = new HashSet<>();

    private final Set<UUID> joining = new HashSet<>();
    private @Nullable LogSocket socket;
    private @Nullable String epoch;
    private @Nullable String pid;
    private @Nullable String offset;
    private boolean closed;
    private @Nullable String refused;
    private @Nullable Throwable trouble;
    private int connections;
    private int recoveries;
    private int holes;

    private LogClient(Way way, Function<String, URI> uri, String userId, List<UUID> conversations, Duration patience) {
        this.way = way;
        this.uri = uri;
        this.userId = userId;
        this.conversations = List.copyOf(conversations);
        this.patience = patience;
        this.states = conversations.stream().collect(Collectors.toMap(c -> c, c -> new ConversationState(0)));
        this.feed = new FeedState(userId);
        reconnect();
    }

    /**
     * A client that begins with nothing.
     *
     * @param uri of a path of a gateway; asked for with each connection
     * @param patience how long its connection may be silent, though the server answers a ping each second
     */
    public static LogClient connect(
            Way way, Function<String, URI> uri, String userId, List<UUID> conversations, Duration patience) {
        return new LogClient(way, uri, userId, conversations, patience);
    }

    public Way way() {
        return way;
    }

    /** Whether all conversations are live. */
    public synchronized boolean joined() {
        return joined.size() == conversations.size();
    }

    /** How it came to what it has, for the log of a test. */
    public synchronized String story() {
        return "%s: %d connections, %d recovered, %d holes, %d of %d joined%s"
                .formatted(
                        way,
                        connections,
                        recoveries,
                        holes,
                        joined.size(),
                        conversations.size(),
                        refused == null ? "" : ", last refused: " + refused);
    }

    /** Ends the connection; the client takes another one. */
    public void cut() {
        LogSocket open;
        synchronized (this) {
            open = socket;
        }
        if (open != null) {
            open.close();
        }
    }

    /** Whether it has the log of each conversation up to there. */
    public synchronized boolean isAt(Map<UUID, Long> ends) {
        return conversations.stream().allMatch(c -> states.get(c).pos() >= ends.get(c));
    }

    /** Where this client differs from the tables, one sentence each. */
    public synchronized List<String> differences(
            Map<UUID, ConversationState> stored, JdbcClient jdbc, Set<String> readers) {
        if (trouble != null) {
            throw new IllegalStateException(way + " cannot fold what it heard", trouble);
        }
        var differences = conversations.stream()
                .flatMap(c -> states.get(c).differences(stored.get(c), 0, readers).stream())
                .collect(Collectors.toList());
        if (way == Way.FEED) {
            differences.addAll(feed.differences(jdbc, conversations));
        }
        return differences;
    }

    @Override
    public void close() {
        LogSocket open;
        synchronized (this) {
            closed = true;
            open = socket;
        }
        if (open != null) {
            open.close();
        }
    }

    private synchronized void reconnect() {
        if (closed) {
            return;
        }
        var auth = JSON.createObjectNode().put("userId", userId);
        if (pid != null && offset != null) {
            auth.put("pid", pid).put("offset", offset);
        }
        socket = LogSocket.open(way.format, uri.apply(way.format.path), userId, auth, handler);
    }

    private void join(UUID conversation) {
        if (socket == null || !joining.add(conversation)) {
            return;
        }
        joined.remove(conversation);
        var state = states.get(conversation);
        var data = JSON.createObjectNode().put("conversationId", conversation.toString());
        if (way == Way.AFTER) {
            data.put("after", state.lastSeq());
        } else {
            data.put("pos", state.pos());
        }
        if (epoch != null) {
            data.put("epoch", epoch);
        }
        socket.request(conversations.indexOf(conversation), "join.conversation", data);
    }

    private void openFeed() {
        if (socket != null) {
            var data = JSON.createObjectNode();
            if (feed.cursor() != null) {
                data.put("cursor", feed.cursor());
            }
            socket.request(FEED_ID, "feed.open", data);
        }
    }

    private void later(LogSocket on, Runnable action) {
        CLOCK.schedule(
                () -> {
                    synchronized (this) {
                        if (on == socket && !closed) {
                            action.run();
                        }
                    }
                },
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void watch(LogSocket on) {
        LogSocket silent = null;
        synchronized (this) {
            if (on != socket || closed) {
                return;
            }
            if (on.silence().compareTo(patience) > 0) {
                silent = on;
            } else {
                on.request(PING_ID, "ping", null);
                CLOCK.schedule(() -> watch(on), PING_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
        if (silent != null) {
            silent.close();
        }
    }

    /** What the present connection brings; an earlier one has nothing to say. */
    private final class Handler implements LogSocket.Handler {

        @Override
        public void opened(LogSocket opened, JsonNode welcome) {
            synchronized (LogClient.this) {
                // It may open before the one who asked for it knows it.
                socket = opened;
                connections++;
                boolean recovered =
                        pid != null && pid.equals(welcome.path("pid").asString(null));
                pid = welcome.path("pid").asString(null);
                if (recovered) {
                    recoveries++;
                    joined.addAll(conversations);
                } else if (way == Way.FEED) {
                    openFeed();
                    conversations.stream().filter(feed::has).forEach(LogClient.this::join);
                } else {
                    conversations.forEach(LogClient.this::join);
                }
            }
            CLOCK.schedule(() -> watch(opened), PING_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void answered(LogSocket from, int id, JsonNode answer) {
            synchronized (LogClient.this) {
                if (from != socket || id == PING_ID) {
                    return;
                }
                var refusal = answer.path("error").path("code").asString("");
                refused = refusal.isEmpty() ? refused : refusal;
                if (id == FEED_ID) {
                    if (refusal.equals("history_changed")) {
                        feed.forget();
                    }
                    if (!refusal.isEmpty()) {
                        later(from, LogClient.this::openFeed);
                    }
                    return;
                }
                var conversation = conversations.get(id);
                joining.remove(conversation);
                if (refusal.isEmpty()) {
                    epoch = answer.path("epoch").asString(null);
                    joined.add(conversation);
                    return;
                }
                if (refusal.equals("history_changed")) {
                    states.put(conversation, new ConversationState(0));
                    epoch = null;
                }
                later(from, () -> join(conversation));
            }
        }

        @Override
        public void event(LogSocket from, String name, JsonNode data) {
            synchronized (LogClient.this) {
                if (from != socket) {
                    return;
                }
                if (way == Way.FEED) {
                    feed.apply(name, data);
                    if (name.equals("feed.closed")) {
                        openFeed();
                    }
                }
                if (!data.has("conversationId")) {
                    return;
                }
                var conversation = UUID.fromString(data.path("conversationId").stringValue());
                if (!states.containsKey(conversation)) {
                    return;
                }
                switch (name) {
                    case "conversation.left" -> join(conversation);
                    case "conversation.activity" -> {
                        if (!joined.contains(conversation)) {
                            join(conversation);
                        }
                    }
                    default -> apply(conversation, name, data);
                }
            }
        }

        private void apply(UUID conversation, String name, JsonNode data) {
            var state = states.get(conversation);
            boolean hole = way == Way.AFTER
                    ? name.equals("message.created")
                            && data.path("message").path("seq").longValue() > state.lastSeq() + 1
                    : !state.apply(name, data);
            if (hole) {
                holes++;
                join(conversation);
            } else if (way == Way.AFTER) {
                state.apply(name, data);
            }
        }

        @Override
        public void offset(LogSocket from, String given) {
            synchronized (LogClient.this) {
                if (from == socket) {
                    offset = given;
                }
            }
        }

        @Override
        public void failed(RuntimeException failure) {
            synchronized (LogClient.this) {
                trouble = failure;
            }
        }

        /** Later: an attempt may end before the one who makes it knows it. */
        @Override
        public void ended(LogSocket ended) {
            CLOCK.execute(() -> forget(ended));
        }

        private void forget(LogSocket ended) {
            synchronized (LogClient.this) {
                if (closed || ended != socket) {
                    return;
                }
                socket = null;
                joined.clear();
                joining.clear();
            }
            CLOCK.schedule(LogClient.this::reconnect, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
