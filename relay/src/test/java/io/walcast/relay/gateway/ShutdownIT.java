package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What clients see of a relay that stops: the last message, then an end that lets them come back. */
class ShutdownIT {

    private static final Duration SOON = Duration.ofSeconds(8);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void everyClientIsSentAwayBehindTheLastMessage() throws Exception {
        try (var database = TestDatabase.create()) {
            var relay = RelayProcess.start(database);
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            try (var ada = JsonSocket.open(relay.port(), "ada");
                    var grace = SocketIoClientSocket.open(relay.port())) {
                String join = "{'conversationId':'" + conversation + "'}";
                ada.send("{'id':1,'event':'join.conversation','data':" + join + "}")
                        .next();
                grace.connect("{'userId':'grace'}");
                grace.send("421['join.conversation'," + join + "]").ack(1);
                CompletableFuture<String> poll = waitingPoll(relay.port());

                outbox.post(conversation, 5);
                long before = System.nanoTime();
                CompletableFuture<Void> stop = CompletableFuture.runAsync(relay::close);

                for (int seq = 1; seq <= 5; seq++) {
                    assertThat(ada.next().at("/data/message/seq").intValue()).isEqualTo(seq);
                }
                grace.expectMessages(1, 5);
                assertThat(ada.closed()).isEqualTo("1012 going_away");
                // No DISCONNECT packet before it: the stock client would take that for a wish to be left alone.
                assertThat(grace.closeCode()).isEqualTo(1012);
                assertThat(poll.join()).isEqualTo("1");
                stop.join();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
            }
        }
    }

    /** Of a long-polling client that has nothing to receive. */
    private CompletableFuture<String> waitingPoll(int port) throws Exception {
        URI open = URI.create("http://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=polling");
        String sid = http.send(HttpRequest.newBuilder(open).build(), BodyHandlers.ofString())
                .body()
                .replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        URI session = URI.create(open + "&sid=" + sid);
        http.send(
                HttpRequest.newBuilder(session)
                        .POST(BodyPublishers.ofString("40{\"userId\":\"grace\"}"))
                        .build(),
                BodyHandlers.ofString());
        http.send(HttpRequest.newBuilder(session).build(), BodyHandlers.ofString());
        return http.sendAsync(HttpRequest.newBuilder(session).build(), BodyHandlers.ofString())
                .thenApply(answer -> answer.body());
    }
}
