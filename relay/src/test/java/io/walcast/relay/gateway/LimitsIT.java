package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.relay.RelayFixture;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.TestTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What a client may not do, and what becomes of one that does it, or does nothing at all. */
class LimitsIT {

    private static final String PING_FRAME = "\u0089\u0000";
    private static final String CLOSE_FRAME = "\u0088";

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.with(Map.of(
            "walcast.gateway.limits.connections-per-user", 2,
            "walcast.gateway.limits.rooms-per-connection", 2,
            "walcast.gateway.limits.requests-per-second", 1,
            "walcast.gateway.limits.request-burst", 10,
            "walcast.gateway.websocket.ping-interval", "300ms",
            "walcast.gateway.websocket.ping-timeout", "500ms",
            "walcast.gateway.websocket.connect-timeout", "700ms",
            "walcast.gateway.websocket.max-connections", 5));

    @Test
    void oneUserHasSoManyConnectionsOfBothFormatsTogether() throws Exception {
        try (var first = JsonSocket.open(relay.port(), "many")) {
            first.send("{'id':1,'event':'ping'}").next();
            try (var second = SocketIoClientSocket.open(relay.port());
                    var fourth = SocketIoClientSocket.open(relay.port())) {
                second.connect("{'userId':'many'}");
                var third = JsonSocket.open(relay.port(), "many");
                assertThat(fourth.send("40{'userId':'many'}").next())
                        .isEqualTo("44{\"message\":\"limit_exceeded\",\"data\":{\"code\":429}}");
                assertThat(code(third.next().path("data"))).isEqualTo("limit_exceeded");
                assertThat(third.closed()).isEqualTo("1008 limit_exceeded");
            }
            await().untilAsserted(() -> {
                try (var again = JsonSocket.open(relay.port(), "many")) {
                    assertThat(again.send("{'id':1,'event':'ping'}")
                                    .next()
                                    .path("data")
                                    .path("ok")
                                    .booleanValue())
                            .isTrue();
                }
            });
        }
    }

    @Test
    void oneConnectionIsInSoManyRooms() {
        var outbox = relay.outbox();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(grace.join(outbox.conversation(), "").path("ok").booleanValue())
                    .isTrue();
            assertThat(grace.join(outbox.conversation(), "").path("ok").booleanValue())
                    .isTrue();
            assertThat(code(grace.join(outbox.conversation(), ""))).isEqualTo("limit_exceeded");
        }
    }

    @Test
    void tooManyRequestsAreRefusedAndAFloodIsClosed() {
        try (var grace = JsonSocket.open(relay.port(), "flood")) {
            flood(() -> grace.send("{'id':1,'event':'ping'}"));
            int served = 0;
            while (grace.next().path("data").path("ok").booleanValue()) {
                served++;
            }
            assertThat(served).isBetween(10, 12);
            assertThat(grace.closed()).isEqualTo("1008 limit_exceeded");
        }
    }

    /** Sends too much, until the server closes: that may be before the last request. */
    private static void flood(Runnable request) {
        try {
            for (int sent = 0; sent < 40; sent++) {
                request.run();
            }
        } catch (CompletionException e) {
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aFloodOverSocketIoIsClosedAndNotAskedBack() throws Exception {
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            grace.connect("{'userId':'flood2'}");
            flood(() -> grace.send("42['ping']"));
            while (!grace.next().equals("41")) {
                // the refusals
            }
            assertThat(grace.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void whoConnectsAgainAndAgainOnOneConnectionIsClosed() throws Exception {
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            for (int connect = 0; connect <= 100; connect++) {
                grace.send("40/nowhere,");
            }
            assertThat(grace.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void aQueryThatCannotBeDecodedIsRefusedBeforeAWebSocketOpens() throws Exception {
        try (var socket = new Socket("127.0.0.1", relay.port())) {
            socket.getOutputStream().write("""
                    GET /ws?userId=%zz HTTP/1.1\r
                    Host: localhost\r
                    Connection: close\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void plainJsonHasSoManyConnectionsInAll() {
        List<JsonSocket> open = new ArrayList<>();
        try {
            for (int connection = 0; connection < 5; connection++) {
                open.add(JsonSocket.open(relay.port(), "user" + connection));
                open.get(connection).send("{'id':1,'event':'ping'}").next();
            }
            assertThatThrownBy(() -> JsonSocket.open(relay.port(), "onemore"))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refusal -> assertThat(refusal.getResponse().statusCode())
                                    .isEqualTo(503));
        } finally {
            open.forEach(JsonSocket::close);
        }
        await().until(() -> relay.process().bean(Connections.class).count() == 0);
    }

    @Test
    void whoDoesNotSayWhoItIsIsClosed() {
        try (var nobody = JsonSocket.openUnidentified(relay.port())) {
            assertThat(nobody.closed()).isEqualTo("1008 unauthorized");
        }
    }

    @Test
    void aClientThatAnswersPingsStaysAndASilentOneIsDropped() throws Exception {
        try (var lively = JsonSocket.open(relay.port(), "lively");
                var silent = new Socket("127.0.0.1", relay.port())) {
            OutputStream out = silent.getOutputStream();
            out.write("""
                    GET /ws?userId=silent HTTP/1.1\r
                    Host: localhost\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            silent.setSoTimeout(30_000);
            InputStream in = silent.getInputStream();
            var received = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                received.append((char) next);
            }
            assertThat(received).startsWith("HTTP/1.1 101").contains(PING_FRAME);
            // The container cannot drop a connection without a word.
            assertThat(received.indexOf(CLOSE_FRAME) < 0).isEqualTo(TestTransport.isDirect());
            assertThat(lively.send("{'id':1,'event':'ping'}")
                            .next()
                            .path("data")
                            .path("ok")
                            .booleanValue())
                    .isTrue();
        }
        await().until(() -> relay.process().bean(Connections.class).count() == 0);
    }

    @Test
    void aNameOrAnIdOfAnyLengthDoesNotComeBack() throws Exception {
        String longer = "x".repeat(65);
        try (var grace = JsonSocket.open(relay.port(), "names")) {
            var event = grace.send("{'id':1,'event':'" + longer + "'}").next();
            assertThat(code(event.path("data"))).isEqualTo("bad_request");
            assertThat(event.toString()).doesNotContain(longer);
            var id = grace.send("{'id':'" + longer + "','event':'ping'}").next();
            assertThat(code(id.path("data"))).isEqualTo("bad_request");
            assertThat(id.toString()).doesNotContain(longer);
            assertThat(grace.send("{'id':'" + "x".repeat(62) + "','event':'ping'}")
                            .next()
                            .path("data")
                            .path("ok")
                            .booleanValue())
                    .isTrue();
        }
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            grace.connect("{'userId':'names2'}");
            assertThat(grace.send("420['" + longer + "']").next())
                    .contains("bad_request")
                    .doesNotContain(longer);
        }
    }

    @Test
    void aLargeMessageOfSomebodyUnknownIsNotEvenParsed() {
        try (var nobody = JsonSocket.openUnidentified(relay.port())) {
            nobody.send("[" + "0,".repeat(20_000) + "0]");
            assertThat(nobody.closed()).startsWith("1009 ");
        }
    }

    @Test
    void veryManySmallValuesAreRefused() {
        try (var grace = JsonSocket.open(relay.port(), "small")) {
            var answer = grace.send("{'id':1,'event':'ping','data':[" + "{},".repeat(50_000) + "0]}")
                    .next();
            assertThat(code(answer.path("data"))).isEqualTo("bad_request");
        }
    }

    /** Five connections are allowed, and a tenth of them to strangers: one. */
    @Test
    void strangersDoNotKeepOthersOut() {
        List<JsonSocket> strangers = new ArrayList<>();
        try {
            for (int stranger = 0; stranger < 7; stranger++) {
                strangers.add(JsonSocket.openUnidentified(relay.port()));
            }
            assertThat(strangers.get(0).closed()).isEqualTo("1008 unauthorized");
            try (var grace = JsonSocket.open(relay.port(), "known")) {
                assertThat(grace.send("{'id':1,'event':'ping'}")
                                .next()
                                .path("data")
                                .path("ok")
                                .booleanValue())
                        .isTrue();
            }
        } finally {
            strangers.forEach(JsonSocket::close);
        }
    }

    private static String code(JsonNode answer) {
        return answer.path("error").path("code").stringValue();
    }
}
