package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.SendBudget;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many clients that stop reading at the same time: what waits for all of them together is bounded, and nobody loses. */
class SharedBudgetIT {

    private static final int STUCK = 10;
    private static final int TOTAL = 512 * 1024;
    private static final int MARGIN = 16 * 1024;
    private static final int BATCH = 10;

    /** 6 MB for each: more than the network's own buffers hold. */
    private static final int MESSAGES = 300;

    private static final JsonMapper JSON = new JsonMapper();

    private final TestDatabase database = TestDatabase.create();
    private final Outbox outbox = new Outbox(database);
    private final List<TestWebSocket> stuck = new ArrayList<>();
    private RelayProcess relay;

    @BeforeEach
    void start() {
        relay = RelayProcess.start(
                database,
                Map.of(
                        "walcast.gateway.transport.total-queue-size",
                        TOTAL + "B",
                        "walcast.gateway.transport.write-timeout",
                        "10m"));
    }

    @AfterEach
    void stop() {
        stuck.forEach(TestWebSocket::close);
        relay.close();
        database.close();
    }

    @Test
    void boundsWhatWaitsForAllOfThemAndLosesNothing() throws Exception {
        var conversation = outbox.conversation();
        var join = "{'id':1,'event':'join.conversation','data':{'conversationId':'%s'}}".formatted(conversation);
        for (int client = 0; client < STUCK; client++) {
            var socket = TestWebSocket.connect(URI.create("ws://127.0.0.1:" + relay.port() + "/ws?userId=grace"));
            stuck.add(socket);
            socket.send(join.replace('\'', '"'));
            assertThat(socket.nextText()).contains("\"ok\":true");
            socket.stopReading();
        }
        SendBudget budget = relay.bean(Connections.class).budget();
        long most = 0;
        try (var reader = JsonSocket.open(relay.port(), "ada")) {
            assertThat(reader.send(join).next().path("data").path("ok").booleanValue())
                    .isTrue();
            for (int seq = 1; seq <= MESSAGES; seq++) {
                if (seq % BATCH == 1) {
                    outbox.postLong(conversation, BATCH);
                }
                assertThat(nextSeq(reader)).isEqualTo(seq);
                most = Math.max(most, budget.used());
            }
        }
        assertThat(most).isBetween((long) TOTAL / 2, (long) TOTAL + STUCK * MARGIN);

        for (TestWebSocket socket : stuck) {
            socket.startReading();
            for (int seq = 1; seq <= MESSAGES; seq++) {
                assertThat(nextSeq(socket)).isEqualTo(seq);
            }
        }
        await("every byte is given back").until(() -> budget.used() == 0);
    }

    private static long nextSeq(JsonSocket socket) {
        JsonNode frame = socket.next();
        while (!isMessage(frame)) {
            frame = socket.next();
        }
        return seq(frame);
    }

    private static long nextSeq(TestWebSocket socket) throws InterruptedException {
        JsonNode frame = JSON.readTree(socket.nextText());
        while (!isMessage(frame)) {
            frame = JSON.readTree(socket.nextText());
        }
        return seq(frame);
    }

    /** And not a {@code resync}. */
    private static boolean isMessage(JsonNode frame) {
        return frame.path("event").stringValue().equals("message.created");
    }

    private static long seq(JsonNode frame) {
        return frame.path("data").path("message").path("seq").longValue();
    }
}
