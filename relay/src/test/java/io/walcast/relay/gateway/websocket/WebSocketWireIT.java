package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walcast.relay.SelfSigned;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.socket.CloseStatus;

/** RFC 6455 byte by byte, in front of a client that behaves as it likes. */
class WebSocketWireIT {

    private static final int FIN = 0x80;

    private final BlockingQueue<WebSocketConnection> connections = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private TestTransport transport;
    private EmbeddedServer server;

    @BeforeEach
    void start() {
        TransportSettings defaults = TransportSettings.defaults();
        var settings = new TransportSettings(
                TestTransport.KIND,
                defaults.maxMessageSize(),
                defaults.sendQueueSize(),
                defaults.totalQueueSize(),
                defaults.totalUnfinishedSize(),
                defaults.urgentMargin(),
                defaults.writeTimeout(),
                Duration.ofSeconds(2),
                2);
        transport = TestTransport.of(settings);
        server = EmbeddedServer.start("/", this::accept);
    }

    @AfterEach
    void stop() {
        server.close();
        transport.close();
    }

    @Test
    void provesThatItReadTheKey() throws Exception {
        try (var client = RawWebSocket.connect(server.port())) {
            assertThat(client.request(RawWebSocket.HANDSHAKE))
                    .startsWith("HTTP/1.1 101")
                    .containsIgnoringCase("Upgrade: websocket")
                    .containsIgnoringCase("Connection: Upgrade")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /, POST /, 426",
        "HTTP/1.1, HTTP/1.0, 400",
        "Version: 13, Version: 8, 426",
        "Sec-WebSocket-Version: 13, X: y, 426",
        "Upgrade: websocket, Upgrade: h2c, 426",
        "'keep-alive, Upgrade', close, 426",
        "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25j, 400",
        "dGhlIHNhbXBsZSBub25jZQ==, no base64, 400",
        "Sec-WebSocket-Key, X-Key, 400",
    })
    void refusesWhatIsNoHandshake(String right, String wrong, int status) throws Exception {
        try (var client = RawWebSocket.connect(server.port())) {
            String head = client.request(RawWebSocket.HANDSHAKE.replace(right, wrong));
            assertThat(head).startsWith("HTTP/1.1 " + status);
            assertThat(head.contains("Sec-WebSocket-Version: 13")).isEqualTo(status == 426);
        }
    }

    @Test
    void readsWhatComesTogetherWithTheHandshake() throws Exception {
        try (var client = RawWebSocket.connect(server.port())) {
            String text = "x".repeat(3_000);
            client.request(RawWebSocket.HANDSHAKE, ClientFrames.frame(FIN | Opcode.TEXT, bytes(text)));
            assertThat(client.next().text()).isEqualTo(text);
        }
    }

    @Test
    void answersPingsAlsoBetweenFragmentsAndByteByByte() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            client.send(Opcode.TEXT, "one ");
            for (byte each : ClientFrames.frame(FIN | Opcode.PING, bytes("still there?"))) {
                client.send(new byte[] {each});
            }
            client.send(FIN | Opcode.CONTINUATION, "message");
            RawWebSocket.Received pong = client.next();
            assertThat(pong.first()).isEqualTo(FIN | Opcode.PONG);
            assertThat(pong.text()).isEqualTo("still there?");
            assertThat(client.next().text()).isEqualTo("one message");
        }
    }

    @Test
    void tellsOfAPong() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            assertThat(connection().ping()).isTrue();
            assertThat(client.next().first()).isEqualTo(FIN | Opcode.PING);
            client.send(FIN | Opcode.PONG, "");
            assertThat(event()).isEqualTo("pong");
        }
    }

    /** The container would read no further, until the write timeout. */
    @Test
    void holdsOneAnswerForAClientThatFloodsWithPingsAndDoesNotRead() throws Exception {
        assumeTrue(TestTransport.isDirect());
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            WebSocketConnection connection = connection();
            byte[] ping = ClientFrames.frame(FIN | Opcode.PING, new byte[125]);
            var flood = ByteBuffer.allocate(1_000 * ping.length);
            while (flood.hasRemaining()) {
                flood.put(ping);
            }
            for (int i = 0; i < 200; i++) {
                client.send(flood.array());
            }
            assertThat(transport.connections().budget().used()).isLessThan(1_000);
        }
    }

    @Test
    void answersACloseAndEndsTheConnection() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            client.send(ClientFrames.frame(FIN | Opcode.CLOSE, CloseFrame.body(new CloseStatus(4321, "bye"))));
            if (TestTransport.isDirect()) {
                // The container ends the connection at once: with this unread, its answer might not arrive.
                client.send(FIN | Opcode.TEXT, "late");
            }
            assertThat(client.next().closeCode()).isEqualTo(4321);
            assertThat(event()).isEqualTo("closed 4321 bye");
            await().until(() -> transport.connections().count() == 0);
            assertThat(events).isEmpty();
        }
    }

    @Test
    void answersACloseWithoutACode() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            client.send(FIN | Opcode.CLOSE, "");
            assertThat(client.next().closeCode()).isEqualTo(TestTransport.isDirect() ? -1 : 1000);
            assertThat(client.isAtEnd()).isTrue();
            assertThat(event()).isEqualTo(TestTransport.isDirect() ? "closed 1005 " : "closed 1000 ");
        }
    }

    @Test
    void waitsForTheAnswerToItsOwnClose() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            connection().close(4001, "ö".repeat(100));
            RawWebSocket.Received close = client.next();
            assertThat(close.closeCode()).isEqualTo(4001);
            assertThat(close.closeReason()).isEqualTo("ö".repeat(61));
            assertThat(event()).startsWith("closed 4001");
            assertThat(transport.connections().count()).isEqualTo(TestTransport.isDirect() ? 1 : 0);
            client.send(FIN | Opcode.TEXT, "crossed");
            client.send(FIN | Opcode.CLOSE, "");
            assertThat(client.isAtEnd()).isTrue();
            await().until(() -> transport.connections().count() == 0);
            assertThat(events).isEmpty();
        }
    }

    @Test
    void doesNotWaitForThatAnswerForEver() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            connection().close(4001, "");
            assertThat(client.next().closeCode()).isEqualTo(4001);
            assertThat(client.isAtEnd()).isTrue();
            await().until(() -> transport.connections().count() == 0);
        }
    }

    /** Ended at once, what it sends would have the kernel throw away the close frame. */
    @Test
    void aClientThatBreaksTheProtocolAndGoesOnStillLearnsOfIt() throws Exception {
        assumeTrue(TestTransport.isDirect());
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            client.send(FIN | 0x40 | Opcode.TEXT, "x".repeat(100_000));
            client.send(FIN | Opcode.TEXT, "x".repeat(100_000));
            assertThat(client.next().closeCode()).isEqualTo(1002);
            assertThat(client.isAtEnd()).isTrue();
            assertThat(event()).startsWith("closed 1002");
        }
    }

    /** The JDK closes a channel that an interrupted thread writes to. */
    @Test
    void aSenderThatIsInterruptedCostsNoConnection() throws Exception {
        try (var client = RawWebSocket.connect(server.port()).upgrade()) {
            WebSocketConnection connection = connection();
            Thread.currentThread().interrupt();
            boolean sent = connection.send("still here");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(sent).isTrue();
            assertThat(client.next().text()).isEqualTo("still here");
        }
    }

    @Test
    void carriesLongMessagesAndLongQueuesThroughTls(@TempDir Path directory) throws Exception {
        SelfSigned certificate = SelfSigned.create(directory);
        try (var tls = EmbeddedServer.startTls(certificate, this::accept);
                var client = new RawWebSocket(certificate.connect(tls.port())).upgrade()) {
            for (int length : List.of(0, 1, 8_192, 35_000, 450_000)) {
                String text = "é".repeat(length);
                client.send(FIN | Opcode.TEXT, text);
                assertThat(client.next().text()).isEqualTo(text);
            }
            WebSocketConnection connection = connection();
            int sent = 0;
            int read = 0;
            String padding = "x".repeat(1_000);
            while (sent < 10_000) {
                if (connection.send(sent + " " + padding)) {
                    sent++;
                } else {
                    assertThat(client.next().text()).isEqualTo(read++ + " " + padding);
                }
            }
            connection.close(4001, "enough");
            while (read < sent) {
                assertThat(client.next().text()).isEqualTo(read++ + " " + padding);
            }
            assertThat(client.next().closeCode()).isEqualTo(4001);
        }
    }

    /**
     * TLS 1.3 changes its keys every 64 KB here: see key-updates.properties. One thread of the client reads and writes: with
     * two, a socket of JDK 17 sent records with wrong keys.
     */
    @Test
    void writesWhileItReadsAndTheKeysOfTlsChange(@TempDir Path directory) throws Exception {
        assumeTrue(TestTransport.isDirect());
        assertThat(Security.getProperty("jdk.tls.keyLimits"))
                .as("the build sets java.security.properties")
                .contains("2^16");
        String padding = "x".repeat(1_000);
        SelfSigned certificate = SelfSigned.create(directory);
        try (var tls = EmbeddedServer.startTls(certificate, this::accept);
                var client = new RawWebSocket(certificate.connect(tls.port())).upgrade()) {
            WebSocketConnection connection = connection();
            var ends = new AtomicBoolean();
            var pushed = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                while (!ends.get() && connection.isOpen()) {
                    // The queue has room for the answers.
                    if (transport.connections().budget().used() < 100_000 && connection.send("pushed " + padding)) {
                        count++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
                return count;
            });
            int read = 0;
            for (int i = 0; i < 5_000; i++) {
                String text = i + " " + padding;
                client.send(FIN | Opcode.TEXT, text);
                String next = client.next().text();
                while (next.startsWith("pushed")) {
                    read++;
                    next = client.next().text();
                }
                assertThat(next).isEqualTo(text);
            }
            ends.set(true);
            int sent = pushed.get(5, TimeUnit.SECONDS);
            while (read < sent) {
                assertThat(client.next().text()).startsWith("pushed");
                read++;
            }
        }
    }

    /** A connection that kept its place as the one that is being written would never be written to again. */
    @Test
    void endsAConnectionWhoseWriteFindsNoMemoryAndNoOther() throws Exception {
        assumeTrue(TestTransport.isDirect());
        var defaults = new TransportContext(TransportSettings.defaults());
        var failures = new AtomicInteger();
        var context = new TransportContext(
                defaults.settings(),
                defaults.threads(),
                defaults.budget(),
                defaults.unfinished(),
                defaults.readBuffers(),
                new BufferPool(
                        size -> {
                            if (failures.getAndIncrement() == 0) {
                                throw new OutOfMemoryError("Cannot reserve direct buffer memory, on purpose");
                            }
                            return ByteBuffer.allocateDirect(size);
                        },
                        1_000),
                defaults.open());
        try (var poor = TestTransport.of(context);
                var crowded = EmbeddedServer.start(
                        "/", (request, response) -> poor.upgrade().accept(request, response, new Echo()));
                var first = RawWebSocket.connect(crowded.port()).upgrade();
                var second = RawWebSocket.connect(crowded.port()).upgrade()) {
            first.send(FIN | Opcode.TEXT, "one");
            assertThat(first.isAtEnd()).isTrue();
            await().until(() -> poor.connections().count() == 1);
            assertThat(poor.connections().budget().used()).isZero();

            second.send(FIN | Opcode.TEXT, "two");
            assertThat(second.next().text()).isEqualTo("two");
        }
    }

    private void accept(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        boolean accepted = transport.upgrade().accept(request, response, new Echo());
        assertThat(accepted).isEqualTo(response.getStatus() == 101);
    }

    private WebSocketConnection connection() throws InterruptedException {
        return connections.poll(5, TimeUnit.SECONDS);
    }

    private String event() throws InterruptedException {
        return events.poll(5, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private final class Echo implements WebSocketListener {

        private WebSocketConnection connection;

        @Override
        public void opened(WebSocketConnection opened) {
            connection = opened;
            connections.add(opened);
        }

        @Override
        public void text(String message) {
            connection.send(message);
            if (message.equals("late") || message.equals("crossed")) {
                events.add(message);
            }
        }

        @Override
        public void binary(ByteBuffer message) {
            connection.send(Frame.binary(message.array()));
        }

        @Override
        public void pong() {
            events.add("pong");
        }

        @Override
        public void closed(int code, String reason) {
            events.add("closed " + code + " " + reason);
        }
    }
}
