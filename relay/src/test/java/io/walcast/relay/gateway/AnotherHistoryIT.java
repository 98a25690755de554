package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.db.TestServer;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that lacks its last commits while relay and clients run on: it assigns numbers a second time. */
class AnotherHistoryIT {

    private static TestServer server;

    private enum Return {
        /** In the same timeline: only the end of the WAL shows it. */
        A_BACKUP {
            @Override
            void of(TestServer server, Path copy) {
                server.restore(copy);
            }
        },
        /** In a new timeline, without the slot. */
        A_STANDBY {
            @Override
            void of(TestServer server, Path copy) {
                server.promote(copy);
            }
        };

        abstract void of(TestServer server, Path copy);
    }

    @BeforeAll
    static void start() {
        server = TestServer.create(Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void clientsJoinAgainAndGetWhatTheServerHasNow(Return comes) throws Exception {
        try (var database = TestDatabase.on(server)) {
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            UUID untouched = outbox.conversation();
            Path copy;
            try (var relay = RelayProcess.start(database)) {
                outbox.post(conversation, 1);
                await().until(() -> outbox.unpublished() == 0);
                relay.close();
                outbox.post(untouched, 1);
                copy = server.backUp();
            }
            try (var relay = RelayProcess.start(database);
                    // It stays connected: the outage is too short for the gateway to disconnect clients.
                    var ada = JsonSocket.open(relay.port(), "ada")) {
                join(ada, conversation, 0);
                outbox.post(conversation, 2);
                assertThat(seq(ada)).isEqualTo(1);
                assertThat(seq(ada)).isEqualTo(2);
                assertThat(seq(ada)).isEqualTo(3);
                await().until(() -> outbox.unpublished() == 0);

                comes.of(server, copy);
                await().until(() -> outbox.unpublished() == 0);
                relay.awaitStreaming();
                assertThat(ada.next().path("event").stringValue()).isEqualTo("conversation.left");

                try (var again = JsonSocket.open(relay.port(), "ada")) {
                    again.send(join(conversation, 3));
                    assertThat(again.next().at("/data/error/code").stringValue())
                            .isEqualTo("history_changed");
                    join(again, conversation, 1);
                    outbox.post(conversation, 1);
                    assertThat(seq(again)).isEqualTo(2);
                    join(again, untouched, 0);
                    assertThat(seq(again)).isEqualTo(1);
                }
            }
        }
    }

    private static void join(JsonSocket socket, UUID conversation, long after) {
        socket.send(join(conversation, after));
        assertThat(socket.next().at("/data/ok").booleanValue()).isTrue();
    }

    private static String join(UUID conversation, long after) {
        return "{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "','after':" + after
                + "}}";
    }

    private static long seq(JsonSocket socket) {
        return socket.next().at("/data/message/seq").longValue();
    }
}
