package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Joining, and joining again: from the table to the live tail, over real sockets. */
class ResumeIT {

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    private Outbox outbox;
    private UUID conversation;

    @BeforeEach
    void createConversation() {
        outbox = relay.outbox();
        conversation = outbox.conversation();
    }

    @Test
    void aJoinWithoutAfterGetsOnlyWhatComes() {
        outbox.post(conversation, 3);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(grace.join(conversation, "").path("lastSeq").longValue()).isEqualTo(3);
            outbox.post(conversation, 2);

            expectMessages(grace, 4, 5);
        }
    }

    @Test
    void aRoomThatNobodyMayEnterIsForgotten() {
        var rooms =
                relay.process().bean(MeterRegistry.class).get("walcast.rooms").gauge();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            for (int i = 0; i < 50; i++) {
                grace.send(
                        "{'id':1,'event':'join.conversation','data':{'conversationId':'" + UUID.randomUUID() + "'}}");
                assertThat(grace.next().at("/data/ok").booleanValue()).isFalse();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> rooms.value() < 50);
        }
    }

    @Test
    void aJoinWithAfterGetsWhatItMissedAndThenWhatComes() {
        outbox.post(conversation, 250);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(grace.join(conversation, ",'after':7").path("lastSeq").longValue())
                    .isEqualTo(250);
            outbox.post(conversation, 5);

            expectMessages(grace, 8, 255);
        }
    }

    @Test
    void whatIsPostedDuringTheReplayComesOnceAndInItsPlace() {
        outbox.post(conversation, 50);
        CompletableFuture<Void> posting = CompletableFuture.runAsync(() -> outbox.post(conversation, 300));
        for (int join = 0; join < 5; join++) {
            try (var grace = JsonSocket.open(relay.port(), "grace")) {
                grace.join(conversation, ",'after':0");

                expectMessages(grace, 1, 200);
            }
        }
        posting.join();
    }

    @Test
    void severalConversationsAreReplayedOverOneConnectionHoweverSlowItIs() {
        List<UUID> conversations = List.of(conversation, outbox.conversation(), outbox.conversation());
        conversations.forEach(each -> outbox.postLong(each, 100));
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            for (UUID each : conversations) {
                grace.send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + each + "','after':0}}");
            }
            Map<String, Long> seqs = new HashMap<>();
            while (seqs.values().stream().mapToLong(Long::longValue).sum() < 300) {
                JsonNode event = grace.next();
                if (event.path("event").stringValue().equals("message.created")) {
                    JsonNode message = event.path("data").path("message");
                    long seq = message.path("seq").longValue();
                    Long before = seqs.put(message.path("conversationId").stringValue(), seq);
                    assertThat(seq).isEqualTo(before == null ? 1 : before + 1);
                }
            }
        }
    }

    @Test
    void everyJoinIsAnsweredAlsoOneThatIsLeftAtOnce() {
        try (var ada = JsonSocket.open(relay.port(), "ada");
                var grace = JsonSocket.open(relay.port(), "grace")) {
            for (int round = 0; round < 20; round++) {
                grace.send("{'id':'j','event':'join.conversation','data':{'conversationId':'" + conversation + "'}}");
                grace.send("{'id':'l','event':'leave.conversation','data':{'conversationId':'" + conversation + "'}}");
                assertThat(Set.of(
                                grace.next().path("id").stringValue(),
                                grace.next().path("id").stringValue()))
                        .containsExactlyInAnyOrder("j", "l");
            }
            ada.join(conversation, "");
            outbox.post(conversation, 1);
            expectMessages(ada, 1, 1);
            assertThat(grace.send("{'id':'p','event':'ping'}").next().path("id").stringValue())
                    .isEqualTo("p");
        }
    }

    @Test
    void aStrangerWhoKnocksHearsNothingOfTheRoom() {
        try (var eve = JsonSocket.open(relay.port(), "eve")) {
            for (int round = 0; round < 50; round++) {
                eve.send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "'}}");
                if (round % 5 == 0) {
                    outbox.append(
                            "messaging.member_added",
                            conversation.toString(),
                            "{\"conversationId\": \"" + conversation + "\", \"userId\": \"u" + round + "\"}");
                }
                assertThat(eve.next().path("event").stringValue()).isEqualTo("ack");
            }
        }
    }

    @Test
    void joiningAgainGoesOnFromTheGivenPosition() {
        outbox.post(conversation, 5);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            assertThat(grace.join(conversation, ",'after':2").path("ok").booleanValue())
                    .isTrue();

            expectMessages(grace, 3, 5);
        }
    }

    @Test
    void aPositionBeyondTheHistoryIsRefused() {
        outbox.post(conversation, 5);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(code(grace.join(conversation, ",'after':6"))).isEqualTo("history_changed");
            assertThat(code(grace.join(conversation, ",'after':5,'epoch':'another'")))
                    .isEqualTo("history_changed");
            String epoch = grace.join(conversation, "").path("epoch").stringValue();
            assertThat(grace.join(conversation, ",'after':5,'epoch':'" + epoch + "'")
                            .path("ok")
                            .booleanValue())
                    .isTrue();
        }
    }

    @Test
    void strangersAndUnknownConversationsGetTheSameAnswer() {
        try (var eve = JsonSocket.open(relay.port(), "eve")) {
            JsonNode stranger = eve.join(conversation, "");
            conversation = UUID.randomUUID();
            assertThat(eve.join(conversation, "")).isEqualTo(stranger);
            assertThat(code(stranger)).isEqualTo("not_found");
        }
    }

    @Test
    void aRemovedMemberLeavesTheRoomInOrderWithItsMessages() {
        try (var ada = JsonSocket.open(relay.port(), "ada");
                var grace = JsonSocket.open(relay.port(), "grace")) {
            ada.join(conversation, "");
            grace.join(conversation, "");
            outbox.post(conversation, 1);
            outbox.append(
                    "messaging.member_removed",
                    conversation.toString(),
                    "{\"conversationId\": \"" + conversation + "\", \"userId\": \"grace\"}");
            outbox.post(conversation, 1);

            expectMessages(grace, 1, 1);
            assertThat(grace.next().path("event").stringValue()).isEqualTo("member.removed");
            assertThat(grace.next().path("event").stringValue()).isEqualTo("conversation.left");
            expectMessages(ada, 1, 1);
            assertThat(ada.next().path("event").stringValue()).isEqualTo("member.removed");
            expectMessages(ada, 2, 2);
        }
    }

    @Test
    void aParkedMessageIsHealedFromTheTable() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            outbox.post(conversation, 1);
            outbox.postWithBrokenPayload(conversation);
            outbox.post(conversation, 1);

            expectMessages(grace, 1, 3);
            await().until(() -> outbox.jdbc()
                            .sql("select count(*) from outbox_parked")
                            .query(Long.class)
                            .single()
                    == 1);
        }
    }

    @Test
    void malformedRequestsAreExplained() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            assertThat(code(grace.send("{{").next().path("data"))).isEqualTo("bad_request");
            assertThat(code(grace.send("[]").next().path("data"))).isEqualTo("bad_request");
            assertThat(code(grace.send("[".repeat(100)).next().path("data"))).isEqualTo("bad_request");
            assertThat(code(grace.send("{'event':5}").next().path("data"))).isEqualTo("bad_request");
            assertThat(code(grace.send("{'id':{},'event':'ping'}").next().path("data")))
                    .isEqualTo("bad_request");
            assertThat(code(grace.send("{'id':1,'event':'no.such'}").next().path("data")))
                    .isEqualTo("bad_request");
            assertThat(code(grace.send("{'id':1,'event':'join.conversation'}")
                            .next()
                            .path("data")))
                    .isEqualTo("bad_request");
            assertThat(code(grace.send("{'id':1,'event':'join.conversation','data':{'conversationId':'1-1-1-1-1'}}")
                            .next()
                            .path("data")))
                    .isEqualTo("bad_request");
            assertThat(code(grace.join(conversation, ",'after':-1"))).isEqualTo("bad_request");
            assertThat(code(grace.join(conversation, ",'after':1.5"))).isEqualTo("bad_request");
            assertThat(code(grace.join(conversation, ",'after':99999999999999999999")))
                    .isEqualTo("bad_request");
            assertThat(grace.send("{'id':'x','event':'ping'}").next().toString())
                    .isEqualTo("{\"id\":\"x\",\"event\":\"ack\",\"data\":{\"ok\":true}}");
        }
    }

    @Test
    void aConnectionIsIdentifiedOnce() {
        try (var socket = JsonSocket.openUnidentified(relay.port())) {
            assertThat(code(socket.join(conversation, ""))).isEqualTo("unauthorized");
            assertThat(code(socket.send("{'id':1,'event':'authenticate','data':{}}")
                            .next()
                            .path("data")))
                    .isEqualTo("unauthorized");
            assertThat(socket.send("{'id':1,'event':'authenticate','data':{'userId':'ada'}}")
                            .next()
                            .path("data")
                            .path("ok")
                            .booleanValue())
                    .isTrue();
            assertThat(socket.join(conversation, "").path("ok").booleanValue()).isTrue();
            assertThat(code(socket.send("{'id':1,'event':'authenticate','data':{'userId':'eve'}}")
                            .next()
                            .path("data")))
                    .isEqualTo("bad_request");
        }
    }

    private static String code(JsonNode answer) {
        assertThat(answer.path("ok").booleanValue()).isFalse();
        return answer.path("error").path("code").stringValue();
    }

    private static void expectMessages(JsonSocket socket, long first, long last) {
        for (long seq = first; seq <= last; seq++) {
            JsonNode event = socket.next();
            assertThat(event.path("event").stringValue()).isEqualTo("message.created");
            assertThat(event.path("data").path("message").path("seq").longValue())
                    .isEqualTo(seq);
        }
    }
}
