package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import io.walcast.relay.wal.WalSupervisor;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Who is in a room and what it hears, when the table and the WAL do not agree. */
class RoomFaultsIT {

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    private Outbox outbox;
    private UUID conversation;

    @BeforeEach
    void createConversation() {
        outbox = relay.outbox();
        conversation = outbox.conversation();
    }

    @AfterEach
    void streamAgain() {
        if (!relay.process().bean(WalSupervisor.class).isRunning()) {
            relay.process().bean(WalSupervisor.class).start();
        }
        relay.process().awaitStreaming();
    }

    @Test
    void whoIsRemovedWhileCatchingUpReadsNothingAfterTheRemovalHoweverFarTheRelayLags() {
        // More than the queue and the network between hold.
        outbox.postLong(conversation, 1_000);
        await().until(() -> outbox.unpublished() == 0);
        relay.process().bean(WalSupervisor.class).stop();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(grace.join(conversation, ",'after':0").path("ok").booleanValue())
                    .isTrue();
            grace.stopReading();
            outbox.remove(conversation, "grace");
            outbox.post(conversation, 50);
            grace.readOn();

            long last = 0;
            JsonNode event = grace.next();
            while (event.path("event").stringValue().equals("message.created")) {
                assertThat(seq(event)).isEqualTo(++last);
                event = grace.next();
            }
            assertThat(event.path("event").stringValue()).isEqualTo("conversation.left");
            assertThat(last).isLessThanOrEqualTo(1_000);
            assertThat(code(grace.join(conversation, ",'after':" + last))).isEqualTo("not_found");
        }
    }

    @Test
    void aMessageThatWasDeletedIsReplacedByAStandInForWhoReadsFromTheTable() {
        outbox.post(conversation, 5);
        for (long seq : new long[] {1, 3, 5}) {
            outbox.delete(conversation, seq);
        }
        for (int time = 0; time < 2; time++) {
            try (var grace = JsonSocket.open(relay.port(), "grace")) {
                assertThat(grace.join(conversation, ",'after':0")
                                .path("lastSeq")
                                .longValue())
                        .isEqualTo(5);
                expectStandIn(grace, 1);
                expectMessage(grace, 2);
                expectStandIn(grace, 3);
                expectMessage(grace, 4);
                expectStandIn(grace, 5);
                outbox.post(conversation, 1);
                expectMessage(grace, 6);
            }
            outbox.delete(conversation, 6);
            outbox.jdbc()
                    .sql("update conversations set last_seq = 5 where id = ?")
                    .param(conversation)
                    .update();
        }
    }

    @Test
    void aRoomThatMeetsAHoleOfADeletedMessageFillsItWithAStandIn() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            outbox.post(conversation, 1);
            expectMessage(grace, 1);
            outbox.jdbc()
                    .sql("update conversations set last_seq = 2 where id = ?")
                    .param(conversation)
                    .update();
            outbox.post(conversation, 1);

            expectStandIn(grace, 2);
            expectMessage(grace, 3);
        }
    }

    @Test
    void aLongRunOfDeletedMessagesIsReplayedAsThat() {
        outbox.post(conversation, 350);
        outbox.jdbc()
                .sql("delete from messages where conversation_id = ? and seq <= 340")
                .param(conversation)
                .update();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'after':0");
            for (long seq = 1; seq <= 340; seq++) {
                expectStandIn(grace, seq);
            }
            for (long seq = 341; seq <= 350; seq++) {
                expectMessage(grace, seq);
            }
        }
    }

    @Test
    void aSeqThatTheTableDoesNotHaveIsPassedOver() {
        outbox.post(conversation, 2);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            String epoch = grace.join(conversation, ",'after':2").path("epoch").stringValue();
            outbox.append(
                    "messaging.message_created",
                    conversation.toString(),
                    "{\"message\":{\"seq\":999999,\"content\":\"x\"}}");
            await().until(() -> outbox.unpublished() == 0);
            outbox.post(conversation, 2);
            expectMessage(grace, 3);
            expectMessage(grace, 4);

            assertThat(code(grace.join(conversation, ",'after':999999,'epoch':'" + epoch + "'")))
                    .isEqualTo("history_changed");
            grace.join(conversation, ",'after':3");
            expectMessage(grace, 4);
        }
    }

    @Test
    void aClientThatIsAheadOfTheTableIsAskedToComeBackAndServedInTheEnd() throws SQLException {
        try (var grace = JsonSocket.open(relay.port(), "grace");
                var ada = JsonSocket.open(relay.port(), "ada")) {
            String epoch = grace.join(conversation, ",'after':0").path("epoch").stringValue();
            CompletableFuture<Void> post;
            try {
                alterSystem("set synchronous_standby_names = 'nobody'");
                post = CompletableFuture.runAsync(() -> outbox.post(conversation, 1));
                expectMessage(grace, 1);

                // More of them than there are threads, each of which would be parked.
                for (int i = 0; i < 8; i++) {
                    ada.send("{'id':" + i + ",'event':'join.conversation','data':{'conversationId':'" + conversation
                            + "','after':1,'epoch':'" + epoch + "'}}");
                }
                UUID other = outbox.jdbc()
                        .sql("select id from conversations where id <> ? limit 1")
                        .param(conversation)
                        .query(UUID.class)
                        .optional()
                        .orElse(UUID.randomUUID());
                long begun = System.nanoTime();
                grace.send("{'id':'o','event':'join.conversation','data':{'conversationId':'" + other + "'}}");
                assertThat(grace.next().path("id").stringValue()).isEqualTo("o");
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
                for (int i = 0; i < 8; i++) {
                    assertThat(code(ada.next().path("data"))).isEqualTo("unavailable");
                }
            } finally {
                alterSystem("reset synchronous_standby_names");
            }
            post.join();
            assertThat(ada.join(conversation, ",'after':1,'epoch':'" + epoch + "'")
                            .path("ok")
                            .booleanValue())
                    .isTrue();
        }
    }

    @Test
    void whoComesBackBeforeTheTableShowsItsRemovalIsNotLetIn() throws SQLException {
        try (var grace = JsonSocket.open(relay.port(), "grace");
                var ada = JsonSocket.open(relay.port(), "ada")) {
            grace.join(conversation, ",'after':0");
            ada.join(conversation, ",'after':0");
            CompletableFuture<Void> removal;
            try {
                alterSystem("set synchronous_standby_names = 'nobody'");
                removal = CompletableFuture.runAsync(() -> outbox.remove(conversation, "grace"));
                assertThat(grace.next().path("event").stringValue()).isEqualTo("member.removed");
                assertThat(grace.next().path("event").stringValue()).isEqualTo("conversation.left");

                // The table still has it as a member.
                assertThat(code(grace.join(conversation, ",'after':0"))).isEqualTo("unavailable");
            } finally {
                alterSystem("reset synchronous_standby_names");
            }
            removal.join();
            assertThat(code(grace.join(conversation, ",'after':0"))).isEqualTo("not_found");
        }
    }

    @Test
    void whateverIsJoinedAndLeftAtOnceNobodyIsLeftBehind() {
        try (var ada = JsonSocket.open(relay.port(), "ada");
                var grace = JsonSocket.open(relay.port(), "grace")) {
            for (int round = 0; round < 200; round++) {
                for (String request : List.of("join", "join", "leave")) {
                    grace.send("{'id':'" + request + "','event':'" + request
                            + ".conversation','data':{'conversationId':'" + conversation + "'}}");
                }
            }
            grace.send(
                    "{'id':'typing','event':'typing','data':{'conversationId':'" + conversation + "','typing':true}}");
            List<JsonNode> answers = new ArrayList<>();
            for (int answer = 0; answer < 601; answer++) {
                answers.add(grace.next());
            }
            JsonNode typing = answers.stream()
                    .filter(answer -> answer.path("id").stringValue().equals("typing"))
                    .findFirst()
                    .orElseThrow();
            assertThat(code(typing.path("data"))).isEqualTo("not_found");
            ada.join(conversation, "");
            ada.send("{'id':'p','event':'presence','data':{'conversationId':'" + conversation + "'}}");
            assertThat(ada.next().at("/data/users").toString()).isEqualTo("[\"ada\"]");
        }
    }

    private static void alterSystem(String what) throws SQLException {
        try (var connection = relay.database().dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("alter system " + what);
            statement.execute("select pg_reload_conf()");
        }
        await().until(() -> {
            try (var connection = relay.database().dataSource().getConnection();
                    var statement = connection.createStatement();
                    var names = statement.executeQuery("show synchronous_standby_names")) {
                return names.next() && names.getString(1).isEmpty() == what.startsWith("reset");
            }
        });
    }

    private static String code(JsonNode answer) {
        return answer.path("error").path("code").stringValue();
    }

    private static long seq(JsonNode event) {
        return event.at("/data/message/seq").longValue();
    }

    private static void expectMessage(JsonSocket socket, long seq) {
        JsonNode event = socket.next();
        assertThat(seq(event)).isEqualTo(seq);
        assertThat(event.at("/data/message/type").stringValue()).isEqualTo("TEXT");
        assertThat(event.at("/data/message/deletedAt").isMissingNode()).isTrue();
    }

    private void expectStandIn(JsonSocket socket, long seq) {
        JsonNode message = socket.next().at("/data/message");
        assertThat(message.path("seq").longValue()).isEqualTo(seq);
        assertThat(message.path("conversationId").stringValue()).isEqualTo(conversation.toString());
        assertThat(message.path("type").stringValue()).isEqualTo("SYSTEM");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.path("senderId").isNull()).isTrue();
        assertThat(message.path("deletedAt").stringValue()).endsWith("Z");
        assertThat(UUID.fromString(message.path("id").stringValue())).isNotNull();
    }
}
