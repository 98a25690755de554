package io.walcast.relay.gateway.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.relay.gateway.websocket.EmbeddedServer;
import io.walcast.relay.gateway.websocket.TestTransport;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the public test suite of engine.io-protocol v4 asks of a server, case by case. */
class EngineIoConformanceIT {

    private static final TestTransport TRANSPORT = TestTransport.withDefaults("*");

    private static EngineServer engine;
    private static EmbeddedServer server;
    private static ProtocolClient client;

    @BeforeAll
    static void start() {
        engine = EngineEcho.server(TRANSPORT.upgrade());
        server = EmbeddedServer.start("/engine.io/", engine);
        client = new ProtocolClient(server, "/engine.io/");
    }

    @AfterAll
    static void stop() {
        engine.close();
        server.close();
        TRANSPORT.close();
    }

    @Nested
    class HandshakeWithPolling {

        @Test
        void opensASession() throws Exception {
            HttpResponse<String> response = client.get("?EIO=4&transport=polling");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
            assertThat(response.body())
                    .matches("0\\{\"sid\":\"[^\"]+\",\"upgrades\":\\[\"websocket\"],"
                            + "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"?transport=polling", "?EIO=abc&transport=polling", "?EIO=3&transport=polling"})
        void refusesOtherVersions(String query) throws Exception {
            HttpResponse<String> response = client.get(query);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).isEqualTo("{\"code\":5,\"message\":\"Unsupported protocol version\"}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"?EIO=4", "?EIO=4&transport=abc", ""})
        void refusesOtherTransports(String query) throws Exception {
            HttpResponse<String> response = client.get(query);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).isEqualTo("{\"code\":0,\"message\":\"Transport unknown\"}");
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "PUT"})
        void refusesOtherMethods(String method) throws Exception {
            HttpResponse<String> response = client.request(method, "?EIO=4&transport=polling", "");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).isEqualTo("{\"code\":2,\"message\":\"Bad handshake method\"}");
        }
    }

    @Nested
    class HandshakeWithWebSocket {

        @Test
        void opensASession() throws Exception {
            try (TestWebSocket socket = client.webSocket()) {
                assertThat(socket.nextText())
                        .matches("0\\{\"sid\":\"[^\"]+\",\"upgrades\":\\[],"
                                + "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"?transport=websocket", "?EIO=abc&transport=websocket", "?EIO=4", "?EIO=4&transport=abc"})
        void refusesOtherVersionsAndTransports(String query) {
            assertThatThrownBy(() -> client.webSocket(query))
                    .isInstanceOfSatisfying(
                            CompletionException.class,
                            e -> assertThat(((WebSocketHandshakeException) e.getCause())
                                            .getResponse()
                                            .statusCode())
                                    .isEqualTo(400));
        }
    }

    @Nested
    class MessagesWithPolling {

        @ParameterizedTest
        @ValueSource(strings = {"4hello", "4test1\u001e4test2\u001e4test3", "4hello\u001ebAQIDBA==", "4\u00fc\u20ac"})
        void echoesAPayload(String payload) throws Exception {
            String sid = client.open();
            HttpResponse<String> posted = client.post(sid, payload);
            assertThat(posted.statusCode()).isEqualTo(200);
            assertThat(posted.body()).isEqualTo("ok");

            HttpResponse<String> polled = client.poll(sid);
            assertThat(polled.statusCode()).isEqualTo(200);
            assertThat(polled.body()).isEqualTo(payload);
        }

        @Test
        void closesOnAnInvalidPacket() throws Exception {
            String sid = client.open();
            assertThat(client.post(sid, "abc").statusCode()).isEqualTo(400);
            assertThat(client.poll(sid).statusCode()).isEqualTo(400);
        }

        @Test
        void closesOnASecondPoll() throws Exception {
            String sid = client.open();
            CompletableFuture<HttpResponse<String>> one = client.pollAsync(sid);
            CompletableFuture<HttpResponse<String>> other = client.pollAsync(sid);

            var answers = new HttpResponse<?>[] {one.join(), other.join()};
            // On two connections: which one comes first is not for the client to say.
            HttpResponse<?> waited = answers[0].statusCode() == 200 ? answers[0] : answers[1];
            HttpResponse<?> overlapped = answers[0].statusCode() == 200 ? answers[1] : answers[0];
            assertThat(waited.body()).isEqualTo("1");
            assertThat(overlapped.statusCode()).isEqualTo(400);
            assertThat(client.poll(sid).statusCode()).isEqualTo(400);
        }
    }

    @Nested
    class MessagesWithWebSocket {

        @Test
        void echoesText() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                socket.send("4hello");
                assertThat(socket.next()).isEqualTo("4hello");
            }
        }

        @Test
        void echoesBinary() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                socket.send(new byte[] {1, 2, 3, 4});
                assertThat(socket.next()).isEqualTo(new byte[] {1, 2, 3, 4});
            }
        }

        @Test
        void closesOnAnInvalidPacket() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                socket.send("abc");
                assertThat(socket.closeCode()).isEqualTo(1002);
            }
        }
    }

    @Nested
    class Heartbeat {

        @Test
        void pingsAPollingClient() throws Exception {
            String sid = client.open();
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> ping = client.poll(sid);
                assertThat(ping.statusCode()).isEqualTo(200);
                assertThat(ping.body()).isEqualTo("2");
                assertThat(client.post(sid, "3").statusCode()).isEqualTo(200);
            }
        }

        @Test
        void closesAPollingClientThatDoesNotAnswer() throws Exception {
            String sid = client.open();
            // Polls, but never sends a pong: a poll is no sign of life.
            await().until(() -> client.poll(sid).statusCode() == 400);
        }

        @Test
        void pingsAWebSocketClient() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(socket.next()).isEqualTo("2");
                    socket.send("3");
                }
            }
        }

        @Test
        void closesAWebSocketClientThatDoesNotAnswer() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                assertThat(socket.next()).isEqualTo("2");
                assertThat(socket.closeCode()).isEqualTo(1001);
            }
        }
    }

    @Nested
    class Close {

        @RepeatedTest(10)
        void endsAPollingSession() throws Exception {
            String sid = client.open();
            CompletableFuture<HttpResponse<String>> poll = client.pollAsync(sid);
            assertThat(client.post(sid, "1").statusCode()).isEqualTo(200);

            assertThat(poll.join().statusCode()).isEqualTo(200);
            assertThat(poll.join().body()).isEqualTo("6");
            assertThat(client.poll(sid).statusCode()).isEqualTo(400);
        }

        @Test
        void endsAWebSocketSession() throws Exception {
            try (TestWebSocket socket = client.openWebSocket()) {
                socket.send("1");
                assertThat(socket.closeCode()).isEqualTo(1000);
            }
        }
    }

    @Nested
    class Upgrade {

        @Test
        void movesToTheWebSocket() throws Exception {
            String sid = client.open();
            try (TestWebSocket socket = client.upgrade(sid)) {
                socket.send("2probe");
                assertThat(socket.next()).isEqualTo("3probe");

                HttpResponse<String> poll = client.poll(sid);
                assertThat(poll.statusCode()).isEqualTo(200);
                assertThat(poll.body()).isEqualTo("6");

                socket.send("5");
                socket.send("4hello");
                assertThat(socket.next()).isEqualTo("4hello");
            }
        }

        @RepeatedTest(20)
        void refusesPollsAfterIt() throws Exception {
            String sid = client.open();
            try (TestWebSocket socket = client.upgrade(sid)) {
                socket.send("2probe");
                socket.send("5");
                assertThat(client.poll(sid).statusCode()).isEqualTo(400);

                socket.send("4hello");
                assertThat(socket.next()).isEqualTo("3probe");
                assertThat(ProtocolClient.next(socket)).isEqualTo("4hello");
            }
        }

        @RepeatedTest(20)
        void refusesASecondWebSocketAfterIt() throws Exception {
            String sid = client.open();
            try (TestWebSocket socket = client.upgrade(sid)) {
                socket.send("2probe");
                socket.send("5");
                try (TestWebSocket second = client.upgrade(sid)) {
                    assertThat(second.closeCode()).isEqualTo(1008);
                }

                socket.send("4hello");
                assertThat(socket.next()).isEqualTo("3probe");
                assertThat(ProtocolClient.next(socket)).isEqualTo("4hello");
            }
        }
    }
}
