package io.walcast.relay.gateway.socketio;

import static io.walcast.relay.gateway.engineio.ProtocolClient.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.gateway.engineio.ProtocolClient;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the public test suite of socket.io-protocol v5 asks of a server, case by case; its first part repeats that
 * of engine.io-protocol v4 at another path.
 */
class SocketIoConformanceIT {

    private static ConformanceServer server;
    private static ProtocolClient client;

    @BeforeAll
    static void start() {
        server = new ConformanceServer(0);
        client = new ProtocolClient(server.server(), "/socket.io/");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void opensASessionWithPolling() throws Exception {
        assertThat(client.get("?EIO=4&transport=polling").body())
                .matches("0\\{\"sid\":\"[^\"]+\",\"upgrades\":\\[\"websocket\"],"
                        + "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ?transport=polling",
        "GET, ?EIO=abc&transport=polling",
        "GET, ?EIO=4",
        "GET, ?EIO=4&transport=abc",
        "POST, ?EIO=4&transport=polling",
        "PUT, ?EIO=4&transport=polling"
    })
    void refusesABadHandshake(String method, String query) throws Exception {
        assertThat(client.request(method, query, method.equals("GET") ? null : "")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void keepsAPollingSessionAliveWithPings() throws Exception {
        String sid = client.open();
        for (int i = 0; i < 3; i++) {
            assertThat(client.poll(sid).body()).isEqualTo("2");
            assertThat(client.post(sid, "3").statusCode()).isEqualTo(200);
        }
    }

    @RepeatedTest(10)
    void refusesPollsAfterAnUpgrade() throws Exception {
        String sid = client.open();
        try (TestWebSocket socket = client.upgrade(sid)) {
            socket.send("2probe");
            socket.send("5");
            assertThat(client.poll(sid).statusCode()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "40;                          40\\{\"sid\":\"[^\"]+\"};           42[\"auth\",{}]",
                "40{\"token\":\"123\"};         40\\{\"sid\":\"[^\"]+\"};           42[\"auth\",{\"token\":\"123\"}]",
                "40/custom,;                  40/custom,\\{\"sid\":\"[^\"]+\"};   42/custom,[\"auth\",{}]",
                "40/custom;                   40/custom,\\{\"sid\":\"[^\"]+\"};   42/custom,[\"auth\",{}]",
                "40/custom,{\"token\":\"abc\"}; 40/custom,\\{\"sid\":\"[^\"]+\"};   42/custom,[\"auth\",{\"token\":\"abc\"}]",
            })
    void connectsToANamespace(String connect, String answer, String auth) throws Exception {
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send(connect);
            assertThat((String) next(socket)).matches(answer);
            assertThat(next(socket)).isEqualTo(auth);
        }
    }

    @Test
    void givesTheSocketAnIdOfItsOwn() throws Exception {
        try (TestWebSocket socket = client.webSocket()) {
            String sessionId = ProtocolClient.sid(socket.nextText());
            socket.send("40");
            assertThat(ProtocolClient.sid((String) next(socket))).isNotEqualTo(sessionId);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"40/random", "40/random,"})
    void refusesAnUnknownNamespaceAndStaysOpen(String connect) throws Exception {
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send(connect);
            assertThat(next(socket)).isEqualTo("44/random,{\"message\":\"Invalid namespace\"}");
            socket.send("40");
            assertThat((String) next(socket)).startsWith("40{");
        }
    }

    @Test
    void closesOnAnInvalidHandshake() throws Exception {
        try (TestWebSocket socket = client.openWebSocket()) {
            socket.send("4abc");
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void closesAClientThatJoinsNoNamespace() throws Exception {
        try (TestWebSocket socket = client.openWebSocket()) {
            for (int i = 0; i < 3; i++) {
                assertThat(socket.next()).isEqualTo("2");
                socket.send("3");
            }
            assertThat(socket.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void leavesTheMainNamespaceWithoutAReply() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("41");
            assertThat(socket.next()).isEqualTo("2");
        }
    }

    @Test
    void leavesOneNamespaceAndStaysInTheOther() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("40/custom");
            assertThat((String) next(socket)).startsWith("40/custom,");
            assertThat((String) next(socket)).startsWith("42/custom,");
            socket.send("41/custom");
            socket.send("42[\"message\",\"message to main namespace\"]");
            assertThat(next(socket)).isEqualTo("42[\"message-back\",\"message to main namespace\"]");
        }
    }

    @Test
    void carriesAnEvent() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("42[\"message\",1,\"2\",{\"3\":[true]}]");
            assertThat(next(socket)).isEqualTo("42[\"message-back\",1,\"2\",{\"3\":[true]}]");
        }
    }

    @Test
    void carriesABinaryEvent() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("452-[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
            socket.send(new byte[] {1, 2, 3});
            socket.send(new byte[] {4, 5, 6});
            assertThat(next(socket))
                    .isEqualTo("452-[\"message-back\",{\"_placeholder\":true,\"num\":0},"
                            + "{\"_placeholder\":true,\"num\":1}]");
            assertThat(next(socket)).isEqualTo(new byte[] {1, 2, 3});
            assertThat(next(socket)).isEqualTo(new byte[] {4, 5, 6});
        }
    }

    @Test
    void acknowledges() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("42456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]");
            assertThat(next(socket)).isEqualTo("43456[1,\"2\",{\"3\":[false]}]");
        }
    }

    @Test
    void acknowledgesWithBinary() throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send("452-789[\"message-with-ack\",{\"_placeholder\":true,\"num\":0},"
                    + "{\"_placeholder\":true,\"num\":1}]");
            socket.send(new byte[] {1, 2, 3});
            socket.send(new byte[] {4, 5, 6});
            assertThat(next(socket))
                    .isEqualTo("462-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
            assertThat(next(socket)).isEqualTo(new byte[] {1, 2, 3});
            assertThat(next(socket)).isEqualTo(new byte[] {4, 5, 6});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4abc", "42{}", "42abc[\"message-with-ack\",1,\"2\",{\"3\":[false]}]"})
    void closesOnAnInvalidPacket(String packet) throws Exception {
        try (TestWebSocket socket = connected()) {
            socket.send(packet);
            assertThat(socket.closeCode()).isEqualTo(1002);
        }
    }

    /** In the main namespace, with what it says at the start already read. */
    private static TestWebSocket connected() throws InterruptedException {
        TestWebSocket socket = client.openWebSocket();
        socket.send("40");
        assertThat((String) next(socket)).startsWith("40{");
        assertThat(next(socket)).isEqualTo("42[\"auth\",{}]");
        return socket;
    }
}
