package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class WebSocketUpgradeIT {

    private static final int MAX_MESSAGE = 100_000;

    private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
    private TestTransport transport;
    private EmbeddedServer server;

    @BeforeEach
    void start() {
        start(DataSize.ofMegabytes(128), Duration.ofSeconds(2));
    }

    private void start(DataSize totalQueueSize, Duration writeTimeout) {
        var settings = new TransportSettings(
                TestTransport.KIND,
                DataSize.ofBytes(MAX_MESSAGE),
                DataSize.ofKilobytes(256),
                totalQueueSize,
                DataSize.ofBytes(3 * MAX_MESSAGE),
                DataSize.ofKilobytes(16),
                writeTimeout,
                Duration.ofSeconds(1),
                2);
        transport = TestTransport.of(settings, "http://localhost:*");
        server = EmbeddedServer.start(
                "/", (request, response) -> transport.upgrade().accept(request, response, new Peer()));
    }

    @AfterEach
    void stop() {
        server.close();
        transport.close();
    }

    @Test
    void carriesTextAndBinaryBothWays() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.send("héllo \uD83D\uDE00");
            client.send(new byte[] {1, 2, 3});
            assertThat(peer.next()).isEqualTo("héllo \uD83D\uDE00");
            assertThat(peer.next()).isEqualTo(new byte[] {1, 2, 3});

            assertThat(peer.connection.send("grüß \uD83D\uDE00")).isTrue();
            assertThat(peer.connection.send(List.of(Frame.text("header"), Frame.binary(new byte[] {4, 5}))))
                    .isTrue();
            assertThat(client.next()).isEqualTo("grüß \uD83D\uDE00");
            assertThat(client.next()).isEqualTo("header");
            assertThat(client.next()).isEqualTo(new byte[] {4, 5});
        }
    }

    @Test
    void putsFragmentsTogetherUpToTheLimitAndClosesWith1009Beyond() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            String half = "ü".repeat(MAX_MESSAGE / 4);
            client.sendPart(half, false);
            client.sendPart(half, true);
            assertThat(peer.next()).isEqualTo(half + half);

            client.send(new byte[MAX_MESSAGE]);
            assertThat((byte[]) peer.next()).hasSize(MAX_MESSAGE);

            client.send("x".repeat(MAX_MESSAGE + 1));
            assertThat(client.closeCode()).isEqualTo(1009);
            assertThat(peer.closeCode()).isEqualTo(1009);
            assertThat(peer.received).isEmpty();
        }
    }

    @Test
    void boundsWhatAllClientsTogetherBeginAndDoNotFinish() throws Exception {
        var clients = new ArrayList<TestWebSocket>();
        try {
            for (int client = 0; client < 10; client++) {
                clients.add(TestWebSocket.connect(server.ws("/")));
                clients.get(client).sendPart("x".repeat(MAX_MESSAGE / 2), false);
            }
            await().until(() -> clients.stream().filter(TestWebSocket::isClosed).count() >= 6);
            for (TestWebSocket client : clients) {
                assertThat(!client.isClosed() || client.closeCode() == 1008).isTrue();
            }
            assertThat(transport.connections().unfinished().used()).isBetween((long) MAX_MESSAGE / 2, 2L * MAX_MESSAGE);
            peers.clear();
            try (var other = TestWebSocket.connect(server.ws("/"))) {
                Peer peer = peers.poll(5, TimeUnit.SECONDS);
                other.send("y".repeat(5_000));
                assertThat(peer.next()).isEqualTo("y".repeat(5_000));
            }
        } finally {
            clients.forEach(TestWebSocket::close);
        }
        await().until(() -> transport.connections().unfinished().used() == 0);
    }

    @Test
    void sendsLongMessagesWhole() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            String longer = "añ\uD83D\uDE00".repeat(100_000);
            assertThat(peer.connection.send(longer))
                    .as("one message longer than the bound fits an empty queue")
                    .isTrue();
            assertThat(client.next()).isEqualTo(longer);
        }
    }

    @Test
    void keepsOrderAndGroupsUnderManySenders() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            int senders = 4;
            int each = 500;
            var start = new CountDownLatch(1);
            var threads = IntStream.range(0, senders)
                    .mapToObj(sender -> new Thread(() -> {
                        awaitQuietly(start);
                        for (int i = 0; i < each; i++) {
                            List<Frame> group =
                                    List.of(Frame.text(sender + ":" + i), Frame.binary(new byte[] {(byte) sender}));
                            while (!peer.connection.send(group)) {
                                Thread.onSpinWait();
                            }
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            start.countDown();

            int[] next = new int[senders];
            for (int i = 0; i < senders * each; i++) {
                String[] header = client.nextText().split(":");
                int sender = Integer.parseInt(header[0]);
                assertThat(Integer.parseInt(header[1])).isEqualTo(next[sender]++);
                assertThat(client.next()).isEqualTo(new byte[] {(byte) sender});
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void boundsWhatWaitsForASlowClientAndTellsWhenItHasCaughtUp() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.stopReading();
            int sent = fill(peer.connection);
            assertThat(transport.connections().budget().used()).isBetween(200_000L, 256 * 1024L);

            var drained = new CountDownLatch(1);
            peer.connection.whenDrained(drained::countDown);
            assertThat(drained.getCount()).isOne();

            client.startReading();
            assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(transport.connections().budget().used()).isLessThanOrEqualTo(64 * 1024);
            for (int i = 0; i < sent; i++) {
                assertThat(client.nextText()).startsWith(i + ":");
            }
        }
    }

    @Test
    void letsControlMessagesPassTheBoundAndClosesOnceTheyAreTooMany() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.stopReading();
            fill(peer.connection);
            peer.connection.sendUrgent("notice");
            assertThat(peer.closed.isEmpty()).isTrue();

            while (peer.closed.isEmpty() && transport.connections().budget().used() > 0) {
                peer.connection.sendUrgent("x".repeat(1_000));
            }
            assertThat(peer.closeCode()).isEqualTo(1008);
            assertThat(peer.connection.send("late")).isFalse();
        }
    }

    @Test
    void aSlowClientThatReadsAgainInTimeLearnsWhyItIsClosed() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.stopReading();
            int sent = fill(peer.connection);
            while (peer.connection.isOpen()) {
                peer.connection.sendUrgent("x".repeat(1_000));
            }
            client.startReading();
            assertThat(client.closeCode()).isEqualTo(1008);
            assertThat(client.pending()).as("what waited is dropped").isLessThan(sent);
        }
    }

    @Test
    void dropsAConnectionWhoseWriteMakesNoProgress() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.stopReading();
            fill(peer.connection);
            assertThat(peer.closeCode()).isEqualTo(1006);
            assertThat(transport.connections().budget().used()).isZero();
        }
    }

    @Test
    void aSlowClientDoesNotDelayOthers() throws Exception {
        var slow = new ArrayList<TestWebSocket>();
        try (var quick = TestWebSocket.connect(server.ws("/"))) {
            Peer quickPeer = peers.poll(5, TimeUnit.SECONDS);
            for (int i = 0; i < 8; i++) {
                slow.add(TestWebSocket.connect(server.ws("/")));
                slow.get(i).stopReading();
                fill(peers.poll(5, TimeUnit.SECONDS).connection);
            }
            for (int i = 0; i < 100; i++) {
                long started = System.nanoTime();
                quickPeer.connection.send("ping " + i);
                assertThat(quick.next()).isEqualTo("ping " + i);
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
            }
        } finally {
            slow.forEach(TestWebSocket::close);
        }
    }

    @Test
    void putsOutThoseWithTheMostWaitingRatherThanServeNobody() throws Exception {
        stop();
        start(DataSize.ofKilobytes(256), Duration.ofMinutes(10));
        int messageBytes = 40_000;
        var slow = new ArrayList<TestWebSocket>();
        try (var quick = TestWebSocket.connect(server.ws("/"))) {
            Peer quickPeer = peers.poll(5, TimeUnit.SECONDS);
            for (int i = 0; i < 8; i++) {
                slow.add(TestWebSocket.connect(server.ws("/")));
                slow.get(i).stopReading();
                fill(peers.poll(5, TimeUnit.SECONDS).connection, messageBytes);
            }
            String message = "x".repeat(messageBytes);
            for (int i = 0; i < 100; i++) {
                await().until(() -> quickPeer.connection.send(message));
                assertThat(quick.next()).isEqualTo(message);
            }
            assertThat(transport.connections().budget().slowClients()).isBetween(1L, 5L);
        } finally {
            slow.forEach(TestWebSocket::close);
        }
        await("every byte is given back")
                .until(() -> transport.connections().budget().used() == 0);
    }

    @Test
    void closesAfterWhatIsQueued() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            for (int i = 0; i < 100; i++) {
                peer.connection.send("message " + i);
            }
            peer.connection.close(4001, "enough");
            peer.connection.close(4002, "again");
            assertThat(peer.connection.send("late")).isFalse();
            for (int i = 0; i < 100; i++) {
                assertThat(client.next()).isEqualTo("message " + i);
            }
            assertThat(client.closeCode()).isEqualTo(4001);
            assertThat(peer.closeCode()).isEqualTo(4001);
        }
    }

    @Test
    void boundsTheTimeOfACloseInFrontOfAClientThatDoesNotRead() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            client.stopReading();
            fill(peer.connection);
            peer.connection.close(4001, "enough");
            assertThat(peer.closeCode()).isEqualTo(4001);
        }
    }

    @Test
    void tellsHowTheClientLeft() throws Exception {
        try (var polite = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            polite.sendClose(4321);
            assertThat(peer.closeCode()).isEqualTo(4321);
        }
        try (var rude = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            rude.abort();
            assertThat(peer.closeCode()).isEqualTo(1006);
            assertThat(peer.closes.get()).isOne();
        }
    }

    @Test
    void closesWith1007OnBadUtf8() throws Exception {
        assertThat(closeCodeAfter(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, (byte) 0xC3, 0x28}))
                .isEqualTo(1007);
    }

    @Test
    void closesWith1002OnAFrameWithoutMask() throws Exception {
        assertThat(closeCodeAfter(new byte[] {(byte) 0x81, 0x01, 'a'})).isEqualTo(1002);
    }

    @Test
    void replacesHalfASurrogatePairInsteadOfFailing() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            peer.connection.send("a\uD83Db");
            peer.connection.send("next");
            assertThat(client.next()).isEqualTo("a\uFFFDb");
            assertThat(client.next()).isEqualTo("next");
        }
    }

    @Test
    void closesWith1011WhenTheListenerFails() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            peer.failing = true;
            client.send("boom");
            assertThat(client.closeCode()).isEqualTo(1011);
            assertThat(peer.closeCode()).isEqualTo(1011);
        }
    }

    @Test
    void refusesOtherOriginsAndNamesTheSetting() throws Exception {
        assertThatThrownBy(() -> TestWebSocket.connect(server.ws("/"), "https://elsewhere.example"))
                .isInstanceOfSatisfying(CompletionException.class, e -> {
                    var refused = (WebSocketHandshakeException) e.getCause();
                    assertThat(refused.getResponse().statusCode()).isEqualTo(403);
                });
        TestWebSocket.connect(server.ws("/"), "http://localhost:5173").close();
        TestWebSocket.connect(server.ws("/"), "http://127.0.0.1:" + server.port())
                .close();
    }

    @Test
    void answersPlainRequestsWithUpgradeRequired() throws Exception {
        var response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.http("/")).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("Upgrade")).hasValue("websocket");
    }

    /** Sends until the queue is full and returns how many messages were taken. */
    /** Its socket is never empty, so the thread that reads it never rests. */
    @Test
    void closesAClientThatNeverStopsSending() throws Exception {
        var pings = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            pings.writeBytes(ClientFrames.frame(0x89, new byte[0]));
        }
        try (var socket = RawWebSocket.connect(server.port()).upgrade()) {
            Peer peer = peers.poll(5, TimeUnit.SECONDS);
            var sent = new AtomicInteger();
            var flood = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        socket.send(pings.toByteArray());
                        sent.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> sent.get() > 20);
            peer.connection.abort();
            assertThat(peer.closeCode()).isEqualTo(1006);
            // The container can only ask the client to close, and looks every ten seconds whether it has.
            assertThat(flood).failsWithin(Duration.ofSeconds(TestTransport.isDirect() ? 5 : 30));
        }
    }

    private static int fill(WebSocketConnection connection) {
        return fill(connection, 4_000);
    }

    private static int fill(WebSocketConnection connection, int messageBytes) {
        String padding = "x".repeat(messageBytes);
        var sent = new AtomicInteger();
        // Full means: also after the kernel's buffers have taken what they can.
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(10))
                .until(() -> {
                    boolean took = false;
                    while (connection.send(sent.get() + ":" + padding)) {
                        sent.incrementAndGet();
                        took = true;
                    }
                    return !took;
                });
        return sent.get();
    }

    private int closeCodeAfter(byte[] frame) throws IOException {
        try (var socket = RawWebSocket.connect(server.port()).upgrade()) {
            socket.send(frame);
            return socket.next().closeCode();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final class Peer implements WebSocketListener {

        final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        final AtomicInteger closes = new AtomicInteger();
        volatile WebSocketConnection connection;
        volatile boolean failing;

        @Override
        public void opened(WebSocketConnection opened) {
            connection = opened;
            peers.add(this);
        }

        @Override
        public void text(String message) {
            if (failing) {
                throw new IllegalStateException("a listener with a defect, on purpose");
            }
            received.add(message);
        }

        @Override
        public void binary(ByteBuffer message) {
            received.add(message.array());
        }

        @Override
        public void closed(int code, String reason) {
            closes.incrementAndGet();
            closed.add(code);
        }

        Object next() throws InterruptedException {
            return received.poll(5, TimeUnit.SECONDS);
        }

        Integer closeCode() throws InterruptedException {
            Integer code = closed.poll(10, TimeUnit.SECONDS);
            if (code != null) {
                closed.add(code);
            }
            return code;
        }
    }
}
