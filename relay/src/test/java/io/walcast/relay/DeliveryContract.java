package io.walcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.gateway.JsonSocket;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What clients and the outbox see of delivery, whichever way rows take from the relay to the rooms. */
public abstract class DeliveryContract {

    private TestDatabase database;
    private Outbox outbox;
    private UUID conversation;

    /** Starts what lies between this database and its clients, and waits until it delivers. */
    protected abstract void start(TestDatabase database);

    /** Ends the relay as a crash does, as near as one can come to that within a JVM, and starts another. */
    protected abstract void replaceRelay();

    /** Where clients connect. If there are several nodes, another one each time. */
    protected abstract int port();

    protected abstract void stop();

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        conversation = outbox.conversation();
        start(database);
    }

    @AfterEach
    void dropDatabase() {
        stop();
        database.close();
    }

    @Test
    void everyoneGetsEachMessageOnceAndInOrderAndItsRowIsMarked() {
        try (var ada = joined("ada", 0);
                var grace = joined("grace", 0)) {
            outbox.post(conversation, 200);

            expectMessages(ada, 1, 200);
            expectMessages(grace, 1, 200);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    @Test
    void whoJoinsWithAfterGetsWhatWasMissedAndThenWhatComesOnAnyNode() {
        outbox.post(conversation, 150);
        try (var first = joined("ada", 100)) {
            expectMessages(first, 101, 150);
            outbox.post(conversation, 1);
            expectMessages(first, 151, 151);
        }
        outbox.post(conversation, 5);
        try (var again = joined("ada", 151)) {
            outbox.post(conversation, 5);
            expectMessages(again, 152, 161);
        }
    }

    @Test
    void whoJoinsWithoutAfterGetsWhatIsNewerThanTheAnswer() {
        outbox.post(conversation, 50);
        try (var ada = JsonSocket.open(port(), "ada")) {
            long last = join(ada, "").path("lastSeq").longValue();
            assertThat(last).isEqualTo(50);
            outbox.post(conversation, 3);

            expectMessages(ada, 51, 53);
        }
    }

    @Test
    void aRemovalKeepsItsPlaceAmongTheMessages() {
        try (var ada = joined("ada", 0);
                var grace = joined("grace", 0)) {
            outbox.post(conversation, 20);
            outbox.append(
                    "messaging.member_removed",
                    conversation.toString(),
                    "{\"conversationId\":\"" + conversation + "\",\"userId\":\"grace\"}");
            outbox.post(conversation, 20);

            expectMessages(grace, 1, 20);
            assertThat(event(grace)).isEqualTo("member.removed");
            assertThat(event(grace)).isEqualTo("conversation.left");
            expectMessages(ada, 1, 20);
            assertThat(event(ada)).isEqualTo("member.removed");
            expectMessages(ada, 21, 40);
        }
    }

    @Test
    void eventsOfYourOwnGoToTheRoomAndThoseOfTheLogKeepTheirPlace() {
        try (var ada = joined("ada", 0)) {
            outbox.append("order.placed", conversation.toString(), "{\"total\": 7}");
            outbox.post(conversation, 1);
            outbox.appendEvent(conversation, "order.placed", "4711", "{\"total\": 8}");
            outbox.post(conversation, 1);

            JsonNode notice = ada.next();
            assertThat(notice.path("event").stringValue()).isEqualTo("order.placed");
            assertThat(notice.at("/data/total").intValue()).isEqualTo(7);
            assertThat(notice.at("/data/conversationId").stringValue()).isEqualTo(conversation.toString());
            expectMessages(ada, 1, 1);
            JsonNode logged = ada.next();
            assertThat(logged.path("event").stringValue()).isEqualTo("order.placed");
            assertThat(logged.at("/data/pos").longValue()).isEqualTo(2);
            assertThat(logged.at("/data/payload/total").intValue()).isEqualTo(8);
            expectMessages(ada, 2, 2);
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    @Test
    void aRowOfAnUnknownTopicIsMarkedAndReachesNobody() {
        try (var ada = joined("ada", 0)) {
            outbox.append("billing.invoice_paid", conversation.toString(), "{}");
            outbox.append("walcast.room_closed", conversation.toString(), "{}");
            outbox.append("walcast.history_changed", "walcast.history_changed", "{}");
            outbox.post(conversation, 1);

            expectMessages(ada, 1, 1);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(parked()).isZero();
        }
    }

    @Test
    void aRemovalThatIsParkedClosesTheRoom() {
        try (var ada = joined("ada", 0)) {
            outbox.append("messaging.member_removed", conversation.toString(), "{}");

            assertThat(event(ada)).isEqualTo("conversation.left");
            await().until(() -> parked() == 1);
        }
    }

    @Test
    void aMessageThatIsParkedIsFilledInFromTheTable() {
        try (var ada = joined("ada", 0)) {
            outbox.post(conversation, 1);
            outbox.postWithBrokenPayload(conversation);
            outbox.post(conversation, 1);

            expectMessages(ada, 1, 3);
            await().until(() -> parked() == 1 && outbox.unpublished() == 1);
            assertThat(outbox.jdbc()
                            .sql("select attempts from outbox where last_error is not null")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    /** With their retries, one after the other, these would take an hour. */
    @Test
    void aFloodOfPoisonHoldsUpNobodyElse() {
        try (var ada = joined("ada", 0)) {
            outbox.jdbc().sql("""
                            insert into outbox (topic, event_key, payload)
                            select 'messaging.message_created', 'no conversation ' || n % 1000, '{}'
                            from generate_series(1, 5000) n
                            """).update();
            outbox.post(conversation, 1);

            expectMessages(ada, 1, 1);
            await().until(() -> parked() == 5_000 && outbox.unpublished() == 5_000);
        }
    }

    @Test
    void whatIsNotForClientsIsMarkedAndHoldsUpNobody() {
        try (var ada = joined("ada", 0)) {
            outbox.append("billing.invoice", conversation.toString(), "{}");
            outbox.post(conversation, 1);

            expectMessages(ada, 1, 1);
            await().until(() -> outbox.unpublished() == 0);
        }
    }

    @Test
    void anotherHistoryIsRefused() {
        outbox.post(conversation, 3);
        try (var ada = JsonSocket.open(port(), "ada")) {
            assertThat(join(ada, ",'after':2,'epoch':'1-00000001'")
                            .at("/error/code")
                            .stringValue())
                    .isEqualTo("history_changed");
            assertThat(join(ada, ",'after':4").at("/error/code").stringValue()).isEqualTo("history_changed");
        }
    }

    @Test
    void nothingIsLostOrOutOfOrderWhenTheRelayIsReplaced() {
        outbox.post(conversation, 50);
        replaceRelay();
        outbox.post(conversation, 50);
        try (var ada = joined("ada", 0)) {
            outbox.post(conversation, 50);

            expectMessages(ada, 1, 150);
            await().until(() -> outbox.unpublished() == 0);
            assertThat(outbox.attempts()).containsExactly(1);
        }
    }

    private long parked() {
        return outbox.jdbc()
                .sql("select count(*) from outbox_parked")
                .query(Long.class)
                .single();
    }

    private JsonSocket joined(String user, long after) {
        var socket = JsonSocket.open(port(), user);
        assertThat(join(socket, ",'after':" + after).path("ok").booleanValue()).isTrue();
        return socket;
    }

    private JsonNode join(JsonSocket socket, String more) {
        return socket.send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "'" + more
                        + "}}")
                .next()
                .path("data");
    }

    private static void expectMessages(JsonSocket socket, long first, long last) {
        for (long seq = first; seq <= last; seq++) {
            assertThat(socket.next().at("/data/message/seq").longValue()).isEqualTo(seq);
        }
    }

    private static String event(JsonSocket socket) {
        return socket.next().path("event").stringValue();
    }
}
