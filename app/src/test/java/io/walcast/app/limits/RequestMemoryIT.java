package io.walcast.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What slow clients hold together is bounded, and leaves room for the others. */
@RestTest
@TestPropertySource(
        properties = {
            // The other tests of this JVM have a server of their own.
            "walcast.db.directory=target/request-memory",
            "walcast.limits.memory.page-size=4MB",
            "walcast.limits.memory.total-answer-size=16MB",
            "walcast.limits.memory.total-body-size=1MB",
            "walcast.limits.memory.answer-timeout=3s",
        })
class RequestMemoryIT {

    private static final int CONTENT = 64 * 1024;
    private static final int PAGE = 60 * CONTENT;
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final long PACE_NANOS = Duration.ofMillis(10).toNanos();

    @Autowired
    private RestClient rest;

    @Autowired
    private RequestMemory memory;

    @Test
    void aUserWhoTakesPagesSlowlyGetsNoMoreOfThemAndOthersDo() throws Exception {
        var history = history();
        try (var first = get(history);
                var second = get(history)) {
            assertThat(first.getInputStream().read()).isEqualTo('H');
            assertThat(second.getInputStream().read()).isEqualTo('H');
            assertThat(memory.answerBytes()).isBetween(2L * PAGE, 3L * PAGE);

            var more = rest.get(history, "u1");
            assertThat(more.status()).isEqualTo(503);
            assertThat(more.text("code")).isEqualTo("busy");
            assertThat(more.header("Retry-After")).isEqualTo("1");
            assertThat(rest.get(history, "u2").status()).isEqualTo(200);
        }
        await().atMost(PATIENCE).until(() -> memory.answerBytes() == 0);
        assertThat(rest.get(history, "u1").status()).isEqualTo(200);
    }

    @Test
    void anAnswerThatIsTakenSteadilyButTooSlowlyEndsBeforeItsEnd() throws Exception {
        var history = history();
        try (var slow = get(history)) {
            var begun = System.nanoTime();
            long received = drip(slow.getInputStream());
            assertThat(received).isLessThan(PAGE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        }
        await().atMost(PATIENCE).until(() -> memory.answerBytes() == 0);
    }

    @Test
    void bodiesThatComeSlowlyTakeSoMuchTogetherAndSmallOnesPassBesideThem() throws Exception {
        var conversation = rest.conversation("u1");
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                var socket = connect();
                slow.add(socket);
                socket.getOutputStream()
                        .write(("POST /messages HTTP/1.1\r\nHost: localhost\r\nX-User-Id: u1\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: 250000\r\n\r\n"
                                        + " ".repeat(200_000))
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await().atMost(PATIENCE).until(() -> memory.bodyBytes() > 500_000);
            assertThat(memory.bodyBytes()).isLessThanOrEqualTo(1024 * 1024);
            assertThat(rest.say(conversation, "u2", "a stranger's").status()).isEqualTo(404);
            assertThat(rest.say(conversation, "u1", "small").status()).isEqualTo(201);
            assertThat(slow).anyMatch(RequestMemoryIT::isRefused);
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
        await().atMost(PATIENCE).until(() -> memory.bodyBytes() == 0);
    }

    private static boolean isRefused(Socket socket) {
        try {
            socket.setSoTimeout(200);
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 503");
        } catch (IOException e) {
            // It still waits, or was closed while it sent.
            return false;
        }
    }

    @Test
    void aFormIsNotRead() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write(("""
                            PUT /conversations/00000000-0000-0000-0000-000000000000/members/u2 HTTP/1.1\r
                            Host: localhost\r
                            X-User-Id: u1\r
                            Content-Type: application/x-www-form-urlencoded\r
                            Content-Length: 1000000000\r
                            \r
                            a=""").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .as("answered without the rest of the body")
                    .isEqualTo("HTTP/1.1 404");
        }
    }

    /** Of 60 messages, 64 KiB each. */
    private String history() {
        var conversation = rest.conversation("u1", "u2");
        for (int i = 0; i < PAGE / CONTENT; i++) {
            rest.say(conversation, "u1", "x".repeat(CONTENT));
        }
        return "/conversations/" + conversation + "/messages?limit=1000";
    }

    private Socket get(String path) throws IOException {
        var socket = connect();
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-User-Id: u1\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private Socket connect() throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", rest.port()));
        return socket;
    }

    /** Reads 2 KB every 10 ms, to the end: this is the pace of the client, and nothing is awaited by it. */
    private static long drip(InputStream stream) {
        long received = 0;
        var piece = new byte[2 * 1024];
        try {
            for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
                received += read;
                LockSupport.parkNanos(PACE_NANOS);
            }
        } catch (IOException e) {
            // A reset is an end too.
        }
        return received;
    }
}
