package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import io.walcast.relay.wal.WalSupervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The log of a conversation, live and replayed, over real sockets. */
class LogIT {

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
    void everyKindOfEventComesLiveAndInOrder() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            outbox.post(conversation, 1);
            UUID message = outbox.message(conversation, 1);
            outbox.edit(message, "better");
            outbox.react(message, "grace", "+1");
            outbox.deleteMessage(message);

            List<JsonNode> events = next(grace, 0, 4);
            assertThat(names(events))
                    .containsExactly("message.created", "message.edited", "reactions.changed", "message.deleted");
            assertThat(events.get(1).at("/data/message/content").stringValue()).isEqualTo("better");
            assertThat(events.get(2).at("/data/reactions/0/users/0").stringValue())
                    .isEqualTo("grace");
            assertThat(events.get(3).at("/data/message/content").isNull()).isTrue();
        }
    }

    @Test
    void aReplayByPosSendsThePresentStateOnly() {
        outbox.post(conversation, 3);
        UUID first = outbox.message(conversation, 1);
        for (int edit = 1; edit <= 40; edit++) {
            outbox.edit(first, "edit " + edit);
        }
        outbox.react(outbox.message(conversation, 2), "grace", "+1");
        outbox.deleteMessage(outbox.message(conversation, 3));
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            JsonNode answer = grace.join(conversation, ",'pos':0");
            assertThat(answer.path("lastSeq").longValue()).isEqualTo(3);
            assertThat(answer.path("lastPos").longValue()).isEqualTo(45);

            List<JsonNode> events = next(grace, 0, 45);
            assertThat(names(events))
                    .containsExactly(
                            "message.created",
                            "message.created",
                            "message.created",
                            "message.edited",
                            "reactions.changed",
                            "message.deleted");
            assertThat(events.get(0).at("/data/message/content").stringValue()).isEqualTo("edit 40");
            assertThat(events.get(2).at("/data/message/content").isNull()).isTrue();
        }
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':43");
            assertThat(names(next(grace, 43, 45))).containsExactly("reactions.changed", "message.deleted");
        }
    }

    @Test
    void aReplayByAfterSendsNoMessageThatTheClientHas() {
        outbox.post(conversation, 2);
        outbox.edit(outbox.message(conversation, 1), "better");
        outbox.post(conversation, 1);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'after':2");

            List<JsonNode> events = next(grace, 2, 4);
            assertThat(names(events)).containsExactly("message.edited", "message.created");
            assertThat(events.get(1).at("/data/message/seq").longValue()).isEqualTo(3);
        }
    }

    @Test
    void thousandsOfEditsAreOneEvent() {
        outbox.post(conversation, 1);
        outbox.jdbc().sql("""
                        do $$ begin
                            for i in 1..5000 loop
                                perform edit_message('%s', 'ada', 'edit ' || i, null, null);
                                commit;
                            end loop;
                        end $$
                        """.formatted(outbox.message(conversation, 1))).update();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':0");

            List<JsonNode> events = next(grace, 0, 5_001);
            assertThat(names(events)).containsExactly("message.created", "message.edited");
            assertThat(events.get(1).at("/data/message/content").stringValue()).isEqualTo("edit 5000");
        }
    }

    @Test
    void aTextThatWasEditedAwayWhileTheRelayWasDownIsNotSent() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':0");
            relay.process().bean(WalSupervisor.class).stop();
            try {
                outbox.post(conversation, 1);
                outbox.edit(outbox.message(conversation, 1), "better");
                outbox.edit(outbox.message(conversation, 1), "best");
            } finally {
                relay.process().bean(WalSupervisor.class).start();
            }
            relay.process().awaitStreaming();

            assertThat(next(grace, 0, 3))
                    .allSatisfy(event -> assertThat(
                                    event.at("/data/message/content").stringValue())
                            .isEqualTo("best"));
            outbox.post(conversation, 1);
            assertThat(names(next(grace, 3, 4))).containsExactly("message.created");
        }
    }

    @Test
    void aMessageOfAReleaseThatKnowsNoLogGetsItsPlaceFromTheTable() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            outbox.post(conversation, 1);
            outbox.react(outbox.message(conversation, 1), "grace", "+1");
            outbox.postWithoutPos(conversation, 3);
            outbox.post(conversation, 1);

            List<JsonNode> events = next(grace, 0, 6);
            assertThat(names(events)).hasSize(6);
            assertThat(events.get(5).at("/data/message/seq").longValue()).isEqualTo(5);
        }
    }

    @Test
    void aParkedRowIsReadFromTheTableAtOnce() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, "");
            outbox.postWithBrokenPayload(conversation);

            assertThat(next(grace, 0, 1).get(0).at("/data/message/seq").longValue())
                    .isEqualTo(1);
        }
    }

    @Test
    void aReplayOfEventsOfYourOwnSaysWhatIsLeftOfEachSubject() {
        outbox.appendEvent(conversation, "order.placed", "1", "{\"total\": 1}");
        outbox.appendEvent(conversation, "order.placed", "2", "{\"total\": 2}");
        outbox.appendEvent(conversation, "order.placed", "1", "{\"total\": 3}");
        outbox.appendEvent(conversation, "order.placed", "2", null);
        outbox.appendEvent(conversation, "nobody.handles", "1", "{}");
        outbox.post(conversation, 1);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':0");

            List<JsonNode> events = next(grace, 0, 6);
            assertThat(names(events)).containsExactly("order.placed", "order.placed", "message.created");
            assertThat(events.get(0).at("/data/subject").stringValue()).isEqualTo("1");
            assertThat(events.get(0).at("/data/version").longValue()).isEqualTo(3);
            assertThat(events.get(0).at("/data/payload/total").intValue()).isEqualTo(3);
            assertThat(events.get(1).at("/data/payload").isNull()).isTrue();
        }
    }

    @Test
    void whatWasSaidOfASubjectThatIsGoneIsInNoRowThatWasSentAgain() {
        outbox.appendEvent(conversation, "order.placed", "1", "{\"name\": \"a secret\"}");
        await().until(() -> outbox.unpublished() == 0);
        outbox.jdbc().sql("""
                        with carrier as (
                            select outbox_id from own_states where conversation_id = ?
                        ), parked as (
                            insert into outbox_parked (outbox_id) select outbox_id from carrier returning outbox_id
                        )
                        select outbox_id from parked
                        """).param(conversation).query(Long.class).single();
        outbox.jdbc()
                .sql("select redrive_outbox(outbox_id) from own_states where conversation_id = ?")
                .param(conversation)
                .query(Long.class)
                .single();
        outbox.appendEvent(conversation, "order.placed", "1", null);

        assertThat(outbox.jdbc()
                        .sql("select count(*) from outbox where payload::text like '%a secret%'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void whatWasSaidOfASubjectThatIsGoneIsNotSentThoughTheRelayWasDown() {
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':0");
            relay.process().bean(WalSupervisor.class).stop();
            try {
                outbox.appendEvent(conversation, "order.placed", "1", "{\"name\": \"a secret\"}");
                outbox.appendEvent(conversation, "order.placed", "1", null);
            } finally {
                relay.process().bean(WalSupervisor.class).start();
            }
            relay.process().awaitStreaming();

            assertThat(next(grace, 0, 2)).noneMatch(event -> event.toString().contains("a secret"));
            assertThat(outbox.jdbc()
                            .sql("select count(*) from outbox where payload::text like '%a secret%'")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void rowsThatWereDeletedBySqlStopNobody() {
        outbox.post(conversation, 3);
        outbox.edit(outbox.message(conversation, 1), "better");
        outbox.react(outbox.message(conversation, 2), "grace", "+1");
        outbox.delete(conversation, 3);
        outbox.jdbc()
                .sql("delete from conversation_events where conversation_id = ?")
                .param(conversation)
                .update();
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            grace.join(conversation, ",'pos':0");
            List<JsonNode> events = next(grace, 0, 5);
            assertThat(names(events)).contains("message.created");
            assertThat(events.get(events.size() - 1).at("/data/pos").longValue())
                    .isEqualTo(5);

            outbox.post(conversation, 1);
            assertThat(names(next(grace, 5, 6))).containsExactly("message.created");
        }
    }

    @Test
    void aRemovalIsReplayedToThoseWhoCatchUp() {
        outbox.post(conversation, 2);
        outbox.remove(conversation, "grace");
        outbox.post(conversation, 1);
        try (var ada = JsonSocket.open(relay.port(), "ada")) {
            ada.join(conversation, ",'pos':0");

            List<JsonNode> events = next(ada, 0, 4);
            assertThat(names(events))
                    .containsExactly("message.created", "message.created", "member.removed", "message.created");
            assertThat(events.get(2).at("/data/userId").stringValue()).isEqualTo("grace");
            assertThat(events.get(2).at("/data/role").isMissingNode()).isTrue();
        }
    }

    @Test
    void howFarMembersHaveReadIsPushedAndHandedOut() {
        outbox.post(conversation, 2);
        outbox.read(conversation, "grace", 1);
        await().until(() -> outbox.unpublished() == 0);
        try (var ada = JsonSocket.open(relay.port(), "ada")) {
            ada.join(conversation, "");
            expectRead(ada.next(), "grace", 1);
            outbox.read(conversation, "grace", 2);
            expectRead(ada.next(), "grace", 2);
        }
        try (var ada = JsonSocket.open(relay.port(), "ada")) {
            ada.join(conversation, ",'pos':1");
            next(ada, 1, 2);
            expectRead(ada.next(), "grace", 2);
        }
    }

    @Test
    void aPlaceBeyondTheLogIsOfAnotherHistory() {
        outbox.post(conversation, 2);
        try (var grace = JsonSocket.open(relay.port(), "grace")) {
            for (String position : List.of(",'pos':3", ",'pos':2,'after':3", ",'pos':2,'epoch':'another'")) {
                assertThat(grace.join(conversation, position).at("/error/code").stringValue())
                        .isEqualTo("history_changed");
            }
            assertThat(grace.join(conversation, ",'pos':2,'after':1").path("ok").booleanValue())
                    .isTrue();
            assertThat(grace.join(conversation, ",'pos':-1").at("/error/code").stringValue())
                    .isEqualTo("bad_request");
        }
    }

    private void expectRead(JsonNode event, String userId, long seq) {
        assertThat(event.path("event").stringValue()).isEqualTo("conversation.read");
        assertThat(event.at("/data/userId").stringValue()).isEqualTo(userId);
        assertThat(event.at("/data/seq").longValue()).isEqualTo(seq);
    }

    /** The events from a place in the log to another, which follow one another without a hole. */
    private static List<JsonNode> next(JsonSocket socket, long from, long to) {
        List<JsonNode> events = new ArrayList<>();
        long position = from;
        while (position < to) {
            JsonNode event = socket.next();
            assertThat(event.at("/data/from").longValue()).as("%s", event).isLessThanOrEqualTo(position);
            assertThat(event.at("/data/pos").longValue()).as("%s", event).isGreaterThan(position);
            position = event.at("/data/pos").longValue();
            events.add(event);
        }
        assertThat(position).isEqualTo(to);
        return events;
    }

    private static List<String> names(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.path("event").stringValue())
                .filter(name -> !name.equals("log.position"))
                .toList();
    }
}
