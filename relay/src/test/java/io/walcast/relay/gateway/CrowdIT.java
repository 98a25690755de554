package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A thousand clients in two rooms, one of which some others have joined that stopped reading. The same clients hear
 * messages from both rooms in turn, so that whatever else the machine does delays both alike.
 */
class CrowdIT {

    private static final int READERS = 1_000;
    private static final int STUCK = 5;
    private static final int WARM_UP = 30;
    private static final int ROUNDS = 60;

    /** Of each that is stuck: its queue is full, as a long message more does not fit. */
    private static final long FULL = (256 - 2 * 20) * 1024;

    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final HttpClient http = HttpClient.newBuilder().executor(threads).build();
    private final TestDatabase database = TestDatabase.create();
    private final Outbox outbox = new Outbox(database);
    private final List<TestWebSocket> stuck = new ArrayList<>();
    private List<Reader> readers = List.of();
    private RelayProcess relay;

    @BeforeEach
    void start() {
        relay = RelayProcess.start(
                database,
                Map.of(
                        "walcast.gateway.limits.connections-per-user",
                        READERS + STUCK,
                        "walcast.gateway.transport.write-timeout",
                        "10m"));
    }

    @AfterEach
    void stop() {
        readers.forEach(Reader::close);
        stuck.forEach(TestWebSocket::close);
        relay.close();
        database.close();
        threads.shutdownNow();
    }

    @Test
    void isNotDelayedByClientsThatStopReading() throws Exception {
        var lively = outbox.conversation();
        var clogged = outbox.conversation();
        clog(clogged);
        readers = Stream.generate(Reader::new).limit(READERS).toList();
        readers.forEach(reader -> reader.join(lively));
        readers.forEach(reader -> reader.join(clogged));

        IntStream.range(0, WARM_UP).forEach(message -> post(message % 2 == 0 ? lively : clogged));
        var without = new ArrayList<Long>();
        var with = new ArrayList<Long>();
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                without.addAll(post(lively));
            }
            with.addAll(post(clogged));
            if (round % 2 == 1) {
                without.addAll(post(lively));
            }
        }

        assertThat(budgetUsed()).as("they are still stuck").isGreaterThan(STUCK * FULL);
        assertThat(relay.bean(Connections.class).count()).isEqualTo(READERS + STUCK);
        System.out.printf(
                "%d in a room: p50 %.1f ms, p99 %.1f ms; beside %d that stopped reading: p50 %.1f ms, p99 %.1f ms%n",
                READERS, millis(without, 0.5), millis(without, 0.99), STUCK, millis(with, 0.5), millis(with, 0.99));
        assertThat(millis(with, 0.5)).isLessThan(millis(without, 0.5) * 1.25 + 2);
        assertThat(millis(with, 0.99)).isLessThan(millis(without, 0.99) * 1.5 + 10);
    }

    private void clog(UUID conversation) throws Exception {
        for (int client = 0; client < STUCK; client++) {
            var socket = TestWebSocket.connect(uri());
            stuck.add(socket);
            socket.send(joining(conversation));
            assertThat(socket.nextText()).contains("\"ok\":true");
            socket.stopReading();
        }
        await("all queues are full").until(() -> {
            outbox.postLong(conversation, 10);
            return budgetUsed() > STUCK * FULL;
        });
        await("all is delivered to the clients that read").until(() -> outbox.unpublished() == 0);
    }

    /** Returns how long the message took to each reader, in nanoseconds. */
    private List<Long> post(UUID conversation) {
        var arrivals = new Arrivals();
        readers.forEach(reader -> reader.arrivals = arrivals);
        outbox.post(conversation, 1);
        return arrivals.await();
    }

    private long budgetUsed() {
        return relay.bean(Connections.class).budget().used();
    }

    private URI uri() {
        return URI.create("ws://127.0.0.1:" + relay.port() + "/ws?userId=grace");
    }

    private static String joining(UUID conversation) {
        return "{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"" + conversation + "\"}}";
    }

    private static double millis(List<Long> nanos, double quantile) {
        var sorted = nanos.stream().sorted().toList();
        return sorted.get((int) (quantile * (sorted.size() - 1))) / 1e6;
    }

    /** When one message reached whom. */
    private static final class Arrivals {

        private final long postedAt = System.nanoTime();
        private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        private final CountDownLatch all = new CountDownLatch(READERS);

        void add() {
            nanos.add(System.nanoTime() - postedAt);
            all.countDown();
        }

        List<Long> await() {
            try {
                assertThat(all.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as("everyone has the message; missing: %d", all.getCount())
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            return List.copyOf(nanos);
        }
    }

    private final class Reader implements WebSocket.Listener {

        private final WebSocket socket =
                http.newWebSocketBuilder().buildAsync(uri(), this).join();
        private final StringBuilder text = new StringBuilder();
        private volatile CompletableFuture<String> answer = new CompletableFuture<>();
        private volatile Arrivals arrivals = new Arrivals();

        void join(UUID conversation) {
            answer = new CompletableFuture<>();
            socket.sendText(joining(conversation), true).join();
            assertThat(answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join())
                    .contains("\"ok\":true");
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                if (text.indexOf("\"message.created\"") > 0) {
                    arrivals.add();
                } else {
                    answer.complete(text.toString());
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        void close() {
            socket.abort();
        }
    }
}
