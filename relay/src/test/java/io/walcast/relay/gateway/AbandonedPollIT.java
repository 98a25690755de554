package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.read.ListAppender;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.gateway.websocket.Connections;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Long polls whose clients go away in the middle of the answer. */
class AbandonedPollIT {

    private static final int POLLS = 5;

    /** More than the kernel keeps for a client that reads nothing. */
    private static final int LONG = 900_000;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void endWithoutAnErrorPage() throws Exception {
        var log = new ListAppender<ILoggingEvent>();
        var root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        var pause = new Pause();
        var answers = (Logger) LoggerFactory.getLogger("io.walcast.relay.gateway.engineio.Poll");
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database)) {
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            var budget = relay.bean(Connections.class).budget();
            log.start();
            root.addAppender(log);
            pause.start();
            answers.setLevel(Level.DEBUG);
            answers.addAppender(pause);
            List<Socket> polls = new ArrayList<>();
            try {
                for (int i = 0; i < POLLS; i++) {
                    polls.add(poll(relay.port(), joined(relay.port(), conversation)));
                }
                outbox.append(
                        "messaging.message_created", conversation.toString(), payload(conversation, "x".repeat(LONG)));
                for (Socket poll : polls) {
                    assertThat(poll.getInputStream().read()).isEqualTo('H');
                }
            } finally {
                for (Socket poll : polls) {
                    // The server learns of a reset at once, and in the middle of its write.
                    poll.setSoLinger(true, 0);
                    poll.close();
                }
            }
            await().until(() -> budget.used() == 0);
        } finally {
            root.detachAppender(log);
            answers.detachAppender(pause);
            answers.setLevel(null);
        }
        assertThat(pause.failed.get()).as("answers that were cut off").isPositive();
        assertThat(List.copyOf(log.list))
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(line -> line.contains("text/plain"));
    }

    /** Gives the container time to notice a failed answer, before the thread that failed continues. */
    private static final class Pause extends UnsynchronizedAppenderBase<ILoggingEvent> {

        final AtomicInteger failed = new AtomicInteger();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getMessage().startsWith("Poll could not be answered")) {
                failed.incrementAndGet();
                LockSupport.parkNanos(1_000_000_000);
            }
        }
    }

    /** A session that polls and is in the room. Returns its id. */
    private String joined(int port, UUID conversation) throws Exception {
        String open = exchange(port, "", null);
        String sid = open.replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        exchange(port, sid, "40{\"userId\":\"grace\"}");
        assertThat(exchange(port, sid, null)).startsWith("40");
        exchange(port, sid, "420[\"join.conversation\",{\"conversationId\":\"" + conversation + "\"}]");
        // The offset for recovery comes before the answer.
        await().until(() -> exchange(port, sid, null).contains("\"ok\":true"));
        return sid;
    }

    private String exchange(int port, String sid, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path(sid)));
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        return http.send(request.build(), BodyHandlers.ofString()).body();
    }

    private static Socket poll(int port, String sid) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.getOutputStream()
                .write(("GET " + path(sid) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String path(String sid) {
        return "/socket.io/?EIO=4&transport=polling" + (sid.isEmpty() ? "" : "&sid=" + sid);
    }

    private static String payload(UUID conversation, String content) {
        UUID message = UUID.randomUUID();
        return """
                {"messageId": "%s", "conversationId": "%s", "from": 0, "pos": 1, "message": {"id": "%s", "conversationId": "%s",
                 "senderId": "ada", "type": "TEXT", "content": "%s", "parentId": null, "seq": 1,
                 "createdAt": "2026-01-01T00:00:00Z"}}
                """.formatted(message, conversation, message, conversation, content);
    }
}
