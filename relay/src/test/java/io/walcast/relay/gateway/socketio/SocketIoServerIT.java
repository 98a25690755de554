package io.walcast.relay.gateway.socketio;

import static io.walcast.relay.gateway.engineio.ProtocolClient.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.relay.gateway.engineio.Handshake;
import io.walcast.relay.gateway.engineio.ProtocolClient;
import io.walcast.relay.gateway.websocket.EmbeddedServer;
import io.walcast.relay.gateway.websocket.TestTransport;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import io.walcast.relay.gateway.websocket.TransportSettings;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** The rules that the public suites do not reach: limits, hostile clients, recovery, races. */
class SocketIoServerIT {

    private static final int MAX_PAYLOAD = 10_000;

    private final TestTransport transport = TestTransport.withDefaults("http://localhost:*");
    private final RecordingApplication application = new RecordingApplication();
    private SocketIoServer socketIo;
    private EmbeddedServer server;
    private ProtocolClient client;

    @AfterEach
    void stop() {
        socketIo.close();
        server.close();
        transport.close();
    }

    // ---- closing

    static Stream<Arguments> hostileOrders() {
        return Stream.of(
                Arguments.of("event before CONNECT", List.of("42[\"e\"]")),
                Arguments.of("ack before CONNECT", List.of("430[]")),
                Arguments.of("DISCONNECT before CONNECT", List.of("41")),
                Arguments.of("event in a namespace not joined", List.of("40", "42/other,[\"e\"]")),
                Arguments.of("second CONNECT", List.of("40", "40")),
                Arguments.of("event after DISCONNECT", List.of("40", "41", "42[\"e\"]")),
                Arguments.of("CONNECT_ERROR from a client", List.of("40", "44{\"message\":\"x\"}")),
                Arguments.of("CONNECT payload is no object", List.of("40[]")),
                Arguments.of("empty event", List.of("40", "42[]")),
                Arguments.of("reserved event", List.of("40", "42[\"disconnect\"]")),
                Arguments.of("bad JSON", List.of("40", "42[\"e\"")),
                Arguments.of("unknown Socket.IO type", List.of("40", "48")),
                Arguments.of("unknown Engine.IO type", List.of("40", "8")),
                Arguments.of("empty message", List.of("")),
                Arguments.of("ping from a client", List.of("2")),
                Arguments.of("open from a client", List.of("0{}")),
                Arguments.of("upgrade outside of one", List.of("5")),
                Arguments.of("binary without a packet", List.of("40", new byte[] {1})),
                Arguments.of("text instead of an attachment", List.of("40", "451-[\"e\"]", "42[\"e\"]")),
                Arguments.of("too many attachments", List.of("40", "4511-[\"e\"]")),
                Arguments.of(
                        "placeholder without attachment",
                        List.of("40", "451-[\"e\",{\"_placeholder\":true,\"num\":5}]", new byte[] {1})));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileOrders")
    void closesAClientThatBreaksTheProtocol(String name, List<Object> messages) throws Exception {
        start(settings().build());
        try (TestWebSocket socket = client.openWebSocket()) {
            for (Object message : messages) {
                if (message instanceof byte[] binary) {
                    socket.send(binary);
                } else {
                    socket.send((String) message);
                }
            }
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
        awaitNobody();
        assertThat(application.events("e")).isEmpty();
        assertThat(application.left()).isEqualTo(application.joined());
    }

    @Test
    void closesOnAMessageThatIsTooLong() throws Exception {
        start(settings().build());
        String tooLong = "42[\"e\",\"" + "x".repeat(MAX_PAYLOAD) + "\"]";

        String sid = client.open();
        assertThat(client.post(sid, tooLong).statusCode()).isEqualTo(413);
        assertThat(client.poll(sid).statusCode()).isEqualTo(400);

        String fits = "42[\"e\",\"" + "x".repeat(MAX_PAYLOAD - 100) + "\"]";
        sid = client.open();
        client.post(sid, "40");
        assertThat(client.post(sid, fits).body()).isEqualTo("ok");
        await().until(() -> application.events("e").size() == 1);
    }

    @Test
    void refusesAPostThatIsNoText() throws Exception {
        start(settings().build());
        String sid = client.open();
        byte[] request = ("POST /socket.io/?EIO=4&transport=polling&sid=" + sid
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (var socket = new java.net.Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(request);
            socket.getOutputStream().write(new byte[] {'4', (byte) 0xFF});
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400");
        }
        assertThat(client.poll(sid).statusCode()).isEqualTo(400);
    }

    @Test
    void disconnectsAClientThatJoinsNothing() throws Exception {
        start(settings().connectTimeout(Duration.ofMillis(200)).build());
        String sid = client.open();
        assertThat(client.poll(sid).body()).isEqualTo("1");
        assertThat(client.poll(sid).statusCode()).isEqualTo(400);
        awaitNobody();
    }

    @Test
    void noticesAClientThatVanished() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = connect("40")) {
            socket.abort();
            await().until(() -> application.reasons().equals(List.of("transport error")));
        }
        try (TestWebSocket socket = connect("40")) {
            socket.sendClose(1000);
            await().until(() -> application.reasons().equals(List.of("transport error", "transport close")));
        }
        awaitNobody();
    }

    @Test
    void noticesAClientThatAnswersNoPing() throws Exception {
        start(settings().pings(Duration.ofMillis(100), Duration.ofMillis(100)).build());
        try (TestWebSocket socket = connect("40")) {
            assertThat(socket.closeCode()).isEqualTo(1001);
            await().until(() -> application.reasons().equals(List.of("ping timeout")));
        }
    }

    @Test
    void survivesADefectOfTheApplicationWithoutIt() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = connect("40")) {
            socket.send("42[\"defect\"]");
            assertThat(socket.closeCode()).isEqualTo(1011);
            await().until(() -> application.reasons().equals(List.of("internal error")));
        }
    }

    // ---- the server's side of a socket

    @Test
    void refusesAConnectionWithDataAndStaysOpenForAnotherTry() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"token\":\"wrong\"}");
            assertThat(socket.next()).isEqualTo("44{\"message\":\"unauthorized\",\"data\":{\"code\":401}}");
            socket.send("40{\"token\":\"right\"}");
            assertThat(socket.nextText()).startsWith("40{");
        }
    }

    @Test
    void disconnectsASocketAndKeepsTheConnection() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = connect("40")) {
            application.last().disconnect(false);
            assertThat(socket.next()).isEqualTo("41");
            assertThat(application.last().emit(EventFrame.of("late", "1"))).isFalse();
            assertThat(application.reasons()).containsExactly("server namespace disconnect");
            socket.send("40");
            assertThat(socket.nextText()).startsWith("40{");
        }
    }

    @Test
    void disconnectsASocketWithItsConnection() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = connect("40")) {
            application.last().disconnect(true);
            assertThat(socket.next()).isEqualTo("41");
            assertThat(socket.closeCode()).isEqualTo(1000);
        }
        String sid = client.open();
        client.post(sid, "40");
        assertThat(client.poll(sid).body()).startsWith("40{");
        application.last().disconnect(true);
        assertThat(client.poll(sid).body()).as("what was sent before the end").isEqualTo("41\u001e1");
        assertThat(client.poll(sid).statusCode()).isEqualTo(400);
    }

    @Test
    void asksForAnAcknowledgement() throws Exception {
        start(settings().build());
        var answer = new CompletableFuture<List<?>>();
        try (TestWebSocket socket = connect("40")) {
            assertThat(application.last().emit(EventFrame.of("question", "1"), answer::complete))
                    .isTrue();
            assertThat(socket.next()).isEqualTo("420[\"question\",1]");
            socket.send("4377[\"never asked\"]");
            socket.send("430[\"answer\",{\"a\":1}]");
            assertThat(answer.get().toString()).isEqualTo("[\"answer\", {\"a\":1}]");
            socket.send("430[\"again\"]");
            socket.send("42[\"e\"]");
            await().until(() -> application.events("e").size() == 1);
        }
    }

    @Test
    void asksForABinaryAcknowledgementOverPolling() throws Exception {
        start(settings().build());
        var answer = new CompletableFuture<List<JsonNode>>();
        String sid = client.open();
        client.post(sid, "40");
        client.poll(sid);
        application.last().emit(EventFrame.of("question", "1"), answer::complete);
        assertThat(client.poll(sid).body()).isEqualTo("420[\"question\",1]");
        client.post(sid, "461-0[{\"_placeholder\":true,\"num\":0}]\u001ebAQID");
        assertThat(answer.get().get(0).binaryValue()).isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void tellsTheApplicationWhereAClientComesFromAndKeepsNoCredentials() throws Exception {
        start(settings().build());
        String sid = ProtocolClient.sid(client.request(
                        "GET",
                        "?EIO=4&transport=polling&room=a%20b",
                        null,
                        "Authorization",
                        "Bearer x",
                        "User-Agent",
                        "y")
                .body());
        client.post(sid, "40");
        Handshake handshake = application.last().handshake();
        assertThat(handshake.remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(handshake.query()).containsEntry("room", "a b");
        assertThat(handshake.header("User-Agent")).isEqualTo("y");
        assertThat(handshake.header("Authorization")).isNull();
    }

    // ---- limits

    /** Tomcat opens none of these whose answer it could not write. */
    @Test
    void clientsThatAreGoneBeforeTheirWebSocketOpensAreNotCounted() throws Exception {
        start(settings().build());
        byte[] handshake = """
                GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r
                Host: localhost\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                \r
                """.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 1_000; i++) {
            try (var socket = new java.net.Socket("127.0.0.1", server.port())) {
                // Closed with a reset, which makes the next write to it fail.
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(handshake);
            }
        }
        awaitNobody();
    }

    @Test
    void refusesClientsBeyondTheLimitUntilOneLeaves() throws Exception {
        start(settings().maxConnections(2).build());
        try (TestWebSocket first = connect("40");
                TestWebSocket second = connect("40")) {
            assertThat(client.get("?EIO=4&transport=polling").statusCode()).isEqualTo(503);
            assertThatThrownBy(() -> client.webSocket())
                    .isInstanceOfSatisfying(
                            CompletionException.class,
                            e -> assertThat(((WebSocketHandshakeException) e.getCause())
                                            .getResponse()
                                            .statusCode())
                                    .isEqualTo(503));
            assertThat(socketIo.connections()).isEqualTo(2);
            first.sendClose(1000);
            await().until(() -> socketIo.connections() == 1);
            assertThat(client.get("?EIO=4&transport=polling").statusCode()).isEqualTo(200);
            assertThat(second.isClosed()).isFalse();
        }
    }

    @Test
    void strangersShareATenthOfTheSeatsAndTheOldestGoesFirst() throws Exception {
        start(settings().maxConnections(30).build());
        List<String> sids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sids.add(client.open());
        }
        assertThat(socketIo.connections()).isEqualTo(3);
        assertThat(client.poll(sids.get(96)).statusCode()).isEqualTo(400);
        String youngest = sids.get(99);
        client.post(youngest, "40");
        assertThat(client.poll(youngest).body()).startsWith("40{");
        for (int i = 0; i < 10; i++) {
            client.open();
        }
        client.post(youngest, "42[\"e\"]");
        await().until(() -> application.events("e").size() == 1);
    }

    @Test
    void aStrangerGoesForOneWhoFindsEverySeatTaken() throws Exception {
        start(settings().maxConnections(2).build());
        try (TestWebSocket first = connect("40");
                TestWebSocket stranger = client.openWebSocket();
                TestWebSocket second = connect("40")) {
            assertThat(stranger.closeCode()).isEqualTo(1008);
            assertThat(first.isClosed()).isFalse();
            assertThat(second.isClosed()).isFalse();
        }
    }

    /** Else one user could take every seat, whatever the limit of its connections. */
    @Test
    void whoHasLeftEveryNamespaceIsAStrangerAgain() throws Exception {
        start(settings().maxConnections(1).build());
        try (TestWebSocket left = connect("40")) {
            left.send("41");
            await().until(() -> application.left() == application.joined());
            try (TestWebSocket next = connect("40")) {
                assertThat(left.closeCode()).isEqualTo(1008);
                assertThat(next.isClosed()).isFalse();
            }
        }
    }

    @Test
    void takesOnlySmallMessagesOfAStranger() throws Exception {
        start(new SettingsBuilder(1_000_000).build());
        String large = "42[\"e\",\"" + "x".repeat(100_000) + "\"]";
        String sid = client.open();
        assertThat(client.post(sid, large).statusCode()).isEqualTo(413);
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"x\":\"" + "x".repeat(100_000) + "\"}");
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
        try (TestWebSocket socket = connect("40")) {
            socket.send(large);
            await().until(() -> application.events("e").size() == 1);
        }
        assertThat(transport.connections().unfinished().used()).isZero();
    }

    @Test
    void countsWhatManySocketsBeginAndDoNotFinish() throws Exception {
        start(new SettingsBuilder(1_000_000).build());
        String begun = "452-[\"e\",\"" + "x".repeat(900_000) + "\"]";
        long most = TransportSettings.defaults().totalUnfinishedSize().toBytes();
        List<TestWebSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                TestWebSocket socket = connect("40");
                sockets.add(socket);
                sendUnlessClosed(socket, begun);
                assertThat(transport.connections().unfinished().used()).isLessThanOrEqualTo(most);
            }
            await().until(() -> sockets.stream().anyMatch(TestWebSocket::isClosed));
            assertThat(transport.connections().unfinished().used()).isGreaterThan(most / 4);
            try (TestWebSocket other = connect("40")) {
                other.send("42[\"e\",\"" + "x".repeat(1_000) + "\"]");
                await().until(() -> application.events("e").size() == 1);
            }
        } finally {
            sockets.forEach(TestWebSocket::close);
        }
        await().until(() -> transport.connections().unfinished().used() == 0);
    }

    private static void sendUnlessClosed(TestWebSocket socket, String begun) {
        try {
            socket.send(begun);
            socket.send(new byte[50_000]);
        } catch (CompletionException e) {
            await().until(socket::isClosed);
        }
    }

    @Test
    void keepsOnlyTheBeginningOfALongQuery() throws Exception {
        start(settings().build());
        String sid = ProtocolClient.sid(client.get("?EIO=4&transport=polling&room=a&long=" + "x".repeat(5_000))
                .body());
        client.post(sid, "40");
        assertThat(application.last().handshake().query())
                .containsEntry("room", "a")
                .doesNotContainKey("long");
    }

    @Test
    void boundsWhatWaitsForAPollingClient() throws Exception {
        start(settings().pollingBuffer(DataSize.ofKilobytes(8)).build());
        String sid = client.open();
        client.post(sid, "40");
        client.poll(sid);
        Socket socket = application.last();
        EventFrame event = EventFrame.of("e", "\"" + "x".repeat(1_000) + "\"");
        int sent = 0;
        while (socket.emit(event)) {
            sent++;
        }
        assertThat(sent).isEqualTo(7);
        var drained = new CompletableFuture<Void>();
        socket.whenDrained(() -> drained.complete(null));
        assertThat(drained).isNotDone();
        socket.emitUrgent(EventFrame.of("notice", "1"));

        assertThat(client.poll(sid).body().split("\u001e")).hasSize(8).endsWith("42[\"notice\",1]");
        assertThat(drained).isDone();
        assertThat(socket.isDrained()).isTrue();

        while (socketIo.connections() == 1) {
            socket.emitUrgent(event);
        }
        assertThat(application.reasons()).containsExactly("slow_client");
    }

    @Test
    void pingsOthersOnTimeWhileOneDoesNotRead() throws Exception {
        start(settings().pings(Duration.ofMillis(200), Duration.ofSeconds(5)).build());
        try (TestWebSocket slow = connect("40");
                TestWebSocket quick = connect("40")) {
            slow.stopReading();
            EventFrame event = EventFrame.of("e", "\"" + "x".repeat(10_000) + "\"");
            Socket slowSocket = application.socketsInOrder().get(0);
            await().during(Duration.ofMillis(200)).until(() -> {
                while (slowSocket.emit(event)) {
                    // until nothing more fits
                }
                return true;
            });
            for (int i = 0; i < 5; i++) {
                long asked = System.nanoTime();
                assertThat(quick.next()).isEqualTo("2");
                quick.send("3");
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(600));
            }
        }
    }

    // ---- long-polling and its upgrade

    @Test
    void answersAWaitingPollAsSoonAsThereIsSomething() throws Exception {
        start(settings().build());
        String sid = client.open();
        client.post(sid, "40");
        client.poll(sid);
        CompletableFuture<HttpResponse<String>> poll = client.pollAsync(sid);
        await().during(Duration.ofMillis(100)).until(() -> !poll.isDone());
        application.last().emit(EventFrame.of("e", "1"));
        assertThat(poll.join().body()).isEqualTo("42[\"e\",1]");
    }

    @Test
    void refusesASecondPostWhileOneIsOnItsWay() throws Exception {
        start(settings().build());
        String sid = client.open();
        try (var slow = new java.net.Socket("127.0.0.1", server.port())) {
            slow.getOutputStream()
                    .write(("POST /socket.io/?EIO=4&transport=polling&sid=" + sid
                                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n4")
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            await().untilAsserted(
                            () -> assertThat(client.post(sid, "6").statusCode()).isEqualTo(400));
        }
        assertThat(client.poll(sid).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?EIO=4&transport=polling&sid=unknown", "?EIO=4&transport=polling&sid="})
    void refusesAnUnknownSession(String query) throws Exception {
        start(settings().build());
        HttpResponse<String> response = client.get(query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
    }

    @Test
    void refusesAPlainRequestForAWebSocketAndPollsOfAWebSocketSession() throws Exception {
        start(settings().build());
        assertThat(client.get("?EIO=4&transport=websocket").body())
                .isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
        try (TestWebSocket socket = client.webSocket()) {
            String sid = ProtocolClient.sid(socket.nextText());
            assertThat(client.poll(sid).statusCode()).isEqualTo(400);
            try (TestWebSocket second = client.upgrade(sid)) {
                assertThat(second.closeCode()).isEqualTo(1008);
            }
            socket.send("40");
            assertThat(socket.nextText()).startsWith("40{");
        }
    }

    @Test
    void losesNothingWhileUpgrading() throws Exception {
        start(settings().build());
        for (int round = 0; round < 20; round++) {
            String sid = client.open();
            client.post(sid, "40");
            client.poll(sid);
            Socket emitter = application.last();
            var producer = new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    emitter.emit(EventFrame.of("n", String.valueOf(i)));
                }
            });
            CompletableFuture<HttpResponse<String>> poll = client.pollAsync(sid);
            var received = new ArrayList<String>();
            try (TestWebSocket socket = client.upgrade(sid)) {
                producer.start();
                socket.send("2probe");
                assertThat(socket.next()).isEqualTo("3probe");
                received.addAll(List.of(poll.join().body().split("\u001e")));
                socket.send("5");
                producer.join();
                received.remove("6");
                while (received.size() < 500) {
                    received.add(socket.nextText());
                }
                for (int i = 0; i < 500; i++) {
                    assertThat(received.get(i)).isEqualTo("42[\"n\"," + i + "]");
                }
            }
        }
    }

    @Test
    void endsAPollThatCameBetweenTheWebSocketAndItsProbe() throws Exception {
        start(settings().build());
        String sid = client.open();
        client.post(sid, "40");
        client.poll(sid);
        try (TestWebSocket socket = client.upgrade(sid)) {
            CompletableFuture<HttpResponse<String>> poll = client.pollAsync(sid);
            await().during(Duration.ofMillis(100)).until(() -> !poll.isDone());
            socket.send("2probe");
            assertThat(socket.next()).isEqualTo("3probe");
            assertThat(poll.join().body()).isEqualTo("6");
            socket.send("5");
            application.last().emit(EventFrame.of("e", "1"));
            assertThat(socket.next()).isEqualTo("42[\"e\",1]");
        }
    }

    @Test
    void outlivesAClientThatDropsItsPoll() throws Exception {
        start(settings().build());
        String sid = client.open();
        client.post(sid, "40");
        client.poll(sid);
        try (var dropped = new java.net.Socket("127.0.0.1", server.port())) {
            dropped.getOutputStream()
                    .write(("GET /socket.io/?EIO=4&transport=polling&sid=" + sid
                                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            dropped.getOutputStream().flush();
            dropped.setSoLinger(true, 0);
        }
        // Whether the server has noticed or not: it neither fails nor forgets the session.
        for (int i = 0; i < 10; i++) {
            assertThat(application.last().emit(EventFrame.of("e", String.valueOf(i))))
                    .isTrue();
        }
        client.post(sid, "42[\"still here\"]");
        await().until(() -> application.events("still here").size() == 1);
    }

    @Test
    void staysWithPollingWhenTheUpgradeFails() throws Exception {
        start(settings().build());
        String sid = client.open();
        try (TestWebSocket socket = client.upgrade(sid)) {
            socket.send("4nonsense");
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
        try (TestWebSocket socket = client.upgrade(sid)) {
            socket.send("5");
            assertThat(socket.closeCode()).as("no upgrade without a probe").isEqualTo(1002);
        }
        try (TestWebSocket socket = client.upgrade(sid)) {
            socket.send("2probe");
            assertThat(socket.next()).isEqualTo("3probe");
            socket.abort();
        }
        client.post(sid, "40");
        await().untilAsserted(() -> {
            String body = client.poll(sid).body();
            assertThat(body).startsWith("40{");
        });
    }

    @Test
    void givesUpAnUpgradeThatTakesTooLong() throws Exception {
        start(settings().upgradeTimeout(Duration.ofMillis(200)).build());
        String sid = client.open();
        try (TestWebSocket socket = client.upgrade(sid)) {
            assertThat(socket.closeCode()).isEqualTo(1008);
        }
        assertThat(client.post(sid, "40").statusCode()).isEqualTo(200);
    }

    @Test
    void endsTheWebSocketOfAnUpgradeWhoseSessionHasEnded() throws Exception {
        start(settings().build());
        String sid = client.open();
        try (TestWebSocket socket = client.upgrade(sid)) {
            socket.send("2probe");
            assertThat(socket.next()).isEqualTo("3probe");
            client.post(sid, "1");
            socket.send("5");
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
    }

    // ---- origins

    @Test
    void letsPollsOfAllowedOriginsInAndSaysSo() throws Exception {
        start(settings().build());
        HttpResponse<String> allowed =
                client.request("GET", "?EIO=4&transport=polling", null, "Origin", "http://localhost:5173");
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).hasValue("http://localhost:5173");
        assertThat(allowed.headers().allValues("Vary")).contains("Origin");

        HttpResponse<String> preflight = client.request(
                "OPTIONS",
                "?EIO=4&transport=polling",
                null,
                "Origin",
                "http://localhost:5173",
                "Access-Control-Request-Headers",
                "authorization");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValue("authorization");

        HttpResponse<String> refused =
                client.request("GET", "?EIO=4&transport=polling", null, "Origin", "https://elsewhere.example");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(refused.body()).contains("walcast.gateway.allowed-origins");
        assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    // ---- recovery

    @Test
    void recoversASocketWithWhatItMissedBeforeTheAnswer() throws Exception {
        start(settings().recovery(true).build());
        application.history("one", "two", "three");
        String connected;
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"token\":\"right\"}");
            connected = socket.nextText();
            assertThat(connected).matches("40\\{\"sid\":\"[^\"]{20}\",\"pid\":\"[^\"]{20}\"}");
            application.last().emit(EventFrame.of("e", "\"one\""), "1");
            assertThat(socket.next()).isEqualTo("42[\"e\",\"one\",\"1\"]");
        }
        String pid = connected.replaceAll(".*\"pid\":\"([^\"]+)\".*", "$1");

        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"pid\":\"" + pid + "\",\"offset\":\"1\",\"token\":\"right\"}");
            assertThat(socket.next()).isEqualTo("42[\"e\",\"two\",\"2\"]");
            assertThat(socket.next()).isEqualTo("42[\"e\",\"three\",\"3\"]");
            assertThat(socket.next()).isEqualTo(connected);
            assertThat(application.last().id()).isEqualTo(ProtocolClient.sid(connected));
        }
    }

    @Test
    void givesNewIdsWhenTheApplicationCannotRecover() throws Exception {
        start(settings().recovery(true).build());
        String pid = "abcdefghij0123456789";
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"pid\":\"" + pid + "\",\"offset\":\"unknown\"}");
            assertThat(socket.nextText()).startsWith("40{\"sid\":").doesNotContain(pid);
        }
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"pid\":\"<script>\",\"offset\":\"1\"}");
            assertThat(socket.nextText()).startsWith("40{\"sid\":").doesNotContain("script");
        }
    }

    @Test
    void checksAuthorisationAgainBeforeItRecovers() throws Exception {
        start(settings().recovery(true).build());
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("40{\"pid\":\"abcdefghij0123456789\",\"offset\":\"1\",\"token\":\"wrong\"}");
            assertThat(socket.nextText()).startsWith("44{\"message\":\"unauthorized\"");
        }
    }

    @Test
    void putsTheFormerConnectionOutWhenItIsStillThere() throws Exception {
        start(settings().recovery(true).build());
        application.history("one");
        try (TestWebSocket former = client.openWebSocket();
                TestWebSocket socket = client.openWebSocket()) {
            former.send("40");
            String connected = former.nextText();
            String pid = connected.replaceAll(".*\"pid\":\"([^\"]+)\".*", "$1");
            socket.send("40{\"pid\":\"" + pid + "\",\"offset\":\"1\"}");
            assertThat(socket.next()).isEqualTo(connected);
            assertThat(former.next()).isEqualTo("41");
            assertThat(former.closeCode()).isEqualTo(1000);
            socket.send("42[\"e\"]");
            await().until(() -> application.events("e").size() == 1);
        }
    }

    // ---- end

    @Test
    void disconnectsEveryoneWhenItIsClosed() throws Exception {
        start(settings().build());
        try (TestWebSocket socket = connect("40")) {
            socketIo.close();
            assertThat(socket.closeCode()).isEqualTo(1012);
            await().untilAsserted(() -> assertThat(application.reasons()).containsExactly("going_away"));
        }
    }

    private static SettingsBuilder settings() {
        return new SettingsBuilder(MAX_PAYLOAD);
    }

    private void start(SocketIoSettings settings) {
        socketIo = new SocketIoServer(settings, application, transport.upgrade());
        server = EmbeddedServer.start("/socket.io/", socketIo);
        client = new ProtocolClient(server, "/socket.io/");
    }

    private TestWebSocket connect(String packet) throws InterruptedException {
        TestWebSocket socket = client.openWebSocket();
        socket.send(packet);
        assertThat((String) next(socket)).startsWith("40{");
        return socket;
    }

    private void awaitNobody() {
        await().until(() -> socketIo.connections() == 0);
    }
}
