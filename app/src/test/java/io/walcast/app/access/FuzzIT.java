package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Ten thousand requests and frames that went wrong on the way: none may make the server fail, tell how it is made, or
 * keep anything. The generator has a seed, so that what it finds is found again.
 */
class FuzzIT {

    private static final long SEED = 20261125;
    private static final int REQUESTS = 5_000;
    private static final int FRAMES = 5_000;

    /** Tomcat's own answer to {@code HTTP/1.2}, say. The only one of the server's side that a request can deserve. */
    private static final int VERSION_NOT_SUPPORTED = 505;

    private static final long MEGABYTE = 1024 * 1024;

    /** What a defect would leave behind 10,000 cases, if each kept only a little. */
    private static final long HEAP_TOLERANCE = 16 * MEGABYTE;

    private static final List<String> PIECES = List.of(
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "9223372036854775808",
            "0.1",
            "true",
            "\u0000",
            "\ud800",
            "\\ud800",
            "\\u0000",
            "{\"a\":".repeat(600),
            "[".repeat(5_000),
            "\"",
            "\\",
            "%",
            "%00",
            "%2f",
            "%zz",
            ";",
            "..",
            "//",
            "?",
            "&",
            "=",
            "\r\n",
            "\u001e",
            "\uffff",
            "\u202e",
            "x".repeat(3_000),
            "'",
            "${x}",
            "<script>",
            "-",
            "0123",
            ",",
            "\"id\":1,",
            "b4",
            "51-",
            "452-",
            "{\"_placeholder\":true,\"num\":7}",
            "Infinity",
            "NaN",
            "\t",
            "é",
            "漢");

    private static final Random RANDOM = new Random(SEED);
    private static final Complaints COMPLAINTS = new Complaints();

    private static WholeWalcast walcast;
    private static String conversation;

    @BeforeAll
    static void start() {
        walcast = new WholeWalcast(Map.of(
                "walcast.limits.writes-per-second", 0,
                "walcast.gateway.limits.requests-per-second", 1_000_000,
                "walcast.gateway.limits.request-burst", 1_000_000));
        conversation = walcast.send(
                        "POST",
                        "/conversations",
                        "{\"members\":[\"u1\"]}",
                        request -> request.header("X-User-Id", "u1"))
                .body()
                .substring(7, 43);
        COMPLAINTS.listen();
    }

    @AfterAll
    static void stop() {
        COMPLAINTS.detach();
        walcast.close();
    }

    @Test
    void nothingThatIsSentMakesTheServerFail() throws IOException {
        requests(500);
        frames(500);
        long before = heap();

        requests(REQUESTS);
        frames(FRAMES);

        assertThat(COMPLAINTS.heard).isEmpty();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(heap() - before)
                        .as("bytes more on the heap than before")
                        .isLessThan(HEAP_TOLERANCE));
        assertThat(walcast.send("GET", "/conversations", null, request -> request.header("X-User-Id", "u1"))
                        .statusCode())
                .isEqualTo(200);
    }

    // ---- HTTP, by hand: a client library would not send most of it

    private static void requests(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String request = mutated(request());
            String answer = exchange(request);
            assertThat(answer).as("case %d: %s", i, request).satisfies(FuzzIT::givesNothingAway);
            if (answer.startsWith("HTTP/1.1 ")) {
                int status = Integer.parseInt(answer.substring(9, 12));
                assertThat(status < 500 || status == VERSION_NOT_SUPPORTED)
                        .as("case %d: %s is answered with %d", i, request, status)
                        .isTrue();
            }
        }
    }

    private static void givesNothingAway(String answer) {
        assertThat(answer)
                .doesNotContain(
                        "\tat ", "io.walcast", "org.springframework", "org.apache", "java.lang", "org.postgresql");
    }

    private static String request() {
        String body = switch (RANDOM.nextInt(6)) {
            case 0 ->
                "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"hello\",\"parentId\":null}"
                        .formatted(conversation);
            case 1 -> "{\"title\":\"a title\",\"members\":[\"u1\",\"u2\"]}";
            case 2 ->
                "40{\"userId\":\"u1\"}\u001e42[\"join.conversation\",{\"conversationId\":\"%s\"}]"
                        .formatted(conversation);
            case 3 -> "{\"content\":\"hello, world\"}";
            case 4 -> "{\"seq\":1}";
            default -> "";
        };
        String line = switch (RANDOM.nextInt(18)) {
            case 0, 1, 2 -> "POST /messages";
            case 3, 4 -> "POST /conversations";
            case 5 -> "GET /conversations?limit=10&before=2026-11-25T00:00:00Z_" + conversation;
            case 6 -> "GET /conversations/" + conversation + "/messages?after=0&limit=10";
            case 7 -> "PUT /conversations/" + conversation + "/members/u2";
            case 8 -> "DELETE /conversations/" + conversation + "/members/u3";
            case 9 -> "GET /messages/" + conversation + "/delivery";
            case 12 -> "PATCH /messages/" + conversation;
            case 13 -> "PUT /messages/" + conversation + "/reactions/%F0%9F%91%8D";
            case 14 -> "PUT /conversations/" + conversation + "/read";
            case 15 -> "PATCH /conversations/" + conversation;
            case 16 -> "GET /conversations/" + conversation + "/events?pos=0&limit=10";
            case 17 -> "GET /conversations/" + conversation + "/messages?around=1&limit=10";
            case 10 -> "POST /socket.io/?EIO=4&transport=polling&sid=abc";
            default -> "GET /socket.io/?EIO=4&transport=polling&t=abc";
        };
        return line + " HTTP/1.1\r\nHost: localhost\r\nX-User-Id: u1\r\nContent-Type: application/json\r\n"
                + "Idempotency-Key: key-" + RANDOM.nextInt(50)
                + "\r\nIf-Match: \"7\"\r\nAccept: application/json\r\nConnection: close\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** Some mutations leave the server waiting for more: the end of the output tells it that there is none. */
    private static String exchange(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", walcast.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer, and no end: " + request, e);
        } catch (IOException e) {
            // The server may hang up on the rest of what it refused.
            return "";
        }
    }

    // ---- WebSocket

    private static void frames(int count) {
        Wire json = identified();
        Wire socketIo = connected();
        for (int i = 0; i < count; i++) {
            if (i % 2 == 0) {
                json = json.isClosed() ? reopened(json, identified()) : json;
                json.send(mutated(jsonFrame(i)));
            } else {
                socketIo = socketIo.isClosed() ? reopened(socketIo, connected()) : socketIo;
                socketIo.send(mutated(packet(i)));
            }
        }
        for (Wire wire : List.of(json, socketIo)) {
            for (String text : wire.drain()) {
                givesNothingAway(text);
            }
            wire.close();
        }
        try (var alive = identified()) {
            assertThat(alive.ask("ping", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    private static Wire reopened(Wire former, Wire next) {
        for (String text : former.drain()) {
            givesNothingAway(text);
        }
        former.close();
        return next;
    }

    private static Wire identified() {
        return Wire.json(walcast.port(), "X-User-Id", "u1");
    }

    private static Wire connected() {
        return Wire.socketIo(walcast.port()).send("40{\"userId\":\"u1\"}");
    }

    private static String jsonFrame(int i) {
        return "{\"id\":%d,\"event\":\"%s\",\"data\":{\"conversationId\":\"%s\",\"after\":0,\"epoch\":\"e\",\"typing\":true,\"userId\":\"u1\"}}"
                .formatted(i, event(), conversation);
    }

    private static String packet(int i) {
        return switch (RANDOM.nextInt(6)) {
            case 0 -> "40{\"userId\":\"u1\",\"pid\":\"abc\",\"offset\":\"e.AAAA\"}";
            case 1 -> "3";
            case 2 -> "43" + i + "[1]";
            default ->
                "42%d[\"%s\",{\"conversationId\":\"%s\",\"after\":0,\"typing\":true}]"
                        .formatted(i, event(), conversation);
        };
    }

    private static String event() {
        var all = List.of(
                "join.conversation", "leave.conversation", "typing", "presence", "ping", "auth.renew", "authenticate");
        return all.get(RANDOM.nextInt(all.size()));
    }

    // ---- mutation

    private static String mutated(String text) {
        var result = new StringBuilder(text);
        for (int times = 1 + RANDOM.nextInt(3); times > 0; times--) {
            int at = RANDOM.nextInt(result.length() + 1);
            int end = Math.min(result.length(), at + RANDOM.nextInt(12));
            switch (RANDOM.nextInt(5)) {
                case 0 -> result.delete(at, end);
                case 1 -> result.insert(at, PIECES.get(RANDOM.nextInt(PIECES.size())));
                case 2 -> result.replace(at, end, PIECES.get(RANDOM.nextInt(PIECES.size())));
                case 3 -> result.insert(at, result.substring(at, end));
                default -> {
                    if (at < result.length()) {
                        result.setCharAt(at, (char) (result.charAt(at) ^ 1 << RANDOM.nextInt(8)));
                    }
                }
            }
        }
        return result.toString();
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Keeps what is logged as an error, from anywhere, and what a request has logged at all: it could fill the log. */
    private static final class Complaints extends AppenderBase<ILoggingEvent> {

        private static final Pattern REQUEST_THREAD = Pattern.compile("(http-|tomcat-handler-).*");

        private final List<String> heard = new CopyOnWriteArrayList<>(new ArrayList<>());

        void listen() {
            start();
            root().addAppender(this);
        }

        void detach() {
            root().detachAppender(this);
        }

        private static Logger root() {
            return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)
                    || REQUEST_THREAD.matcher(event.getThreadName()).matches()) {
                heard.add(event.getLoggerName() + ": " + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : " " + event.getThrowableProxy().getClassName() + " "
                                        + event.getThrowableProxy().getMessage()));
            }
        }
    }
}
