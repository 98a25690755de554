package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Connection state recovery: a Socket.IO client comes back with its offset and is served from there, in all its rooms. */
class RecoveryIT {

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    private Outbox outbox;
    private UUID one;
    private UUID two;

    @BeforeEach
    void createConversations() {
        outbox = relay.outbox();
        one = outbox.conversation();
        two = outbox.conversation();
    }

    @Test
    void comesBackToAllItsRoomsAndMissesNothing() throws Exception {
        String offset;
        JsonNode connected;
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            connected = grace.connect("{'userId':'grace'}");
            join(grace, one);
            outbox.post(one, 3);
            grace.expectMessages(1, 3);
            // Joined last and without a message since: the offset must know of it all the same.
            join(grace, two);
            grace.send("429['ping']").ack(9);
            offset = grace.offset();
        }
        outbox.post(one, 120);
        outbox.post(two, 5);
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            assertThat(grace.connect(recovery(connected, offset))).isEqualTo(connected);
            outbox.post(two, 1);

            Map<UUID, Long> last = new HashMap<>(Map.of(one, 3L, two, 0L));
            while (last.get(one) < 123 || last.get(two) < 6) {
                JsonNode message = grace.event("message.created").path("message");
                UUID room = UUID.fromString(message.path("conversationId").stringValue());
                assertThat(message.path("seq").longValue()).isEqualTo(last.get(room) + 1);
                last.merge(room, 1L, Long::sum);
            }
        }
    }

    @Test
    void aRoomThatTheUserMayNotReadAnyMoreIsLeft() throws Exception {
        String offset;
        JsonNode connected;
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            connected = grace.connect("{'userId':'grace'}");
            join(grace, one);
            grace.send("429['ping']").ack(9);
            offset = grace.offset();
        }
        outbox.jdbc()
                .sql("delete from members where conversation_id = ? and user_id = 'grace'")
                .param(one)
                .update();
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            grace.connect(recovery(connected, offset));
            assertThat(grace.event("conversation.left").path("conversationId").stringValue())
                    .isEqualTo(one.toString());
        }
    }

    @Test
    void identityIsCheckedAgainAndAnOffsetOfNobodyRecoversNothing() throws Exception {
        try (var nobody = SocketIoClientSocket.open(relay.port())) {
            nobody.send("40{'pid':'abcdefghij0123456789','offset':'1-1.'}");
            assertThat(nobody.next()).startsWith("44{\"message\":\"unauthorized\"");
        }
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            assertThat(grace.connect("{'userId':'grace','pid':'abcdefghij0123456789','offset':'-'}")
                            .path("pid")
                            .stringValue())
                    .isNotEqualTo("abcdefghij0123456789");
        }
    }

    @Test
    void aClientInTooManyRoomsBeginsAnew() throws Exception {
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            grace.connect("{'userId':'grace'}");
            for (int room = 0; room < 33; room++) {
                join(grace, outbox.conversation());
            }
            grace.send("429['ping']").ack(9);
            assertThat(grace.offset()).isEqualTo("-");
        }
    }

    private static String recovery(JsonNode connected, String offset) {
        return "{'userId':'grace','pid':'" + connected.path("pid").stringValue() + "','offset':'" + offset + "'}";
    }

    private static void join(SocketIoClientSocket socket, UUID conversation) throws InterruptedException {
        socket.send("421['join.conversation',{'conversationId':'" + conversation + "'}]");
        assertThat(socket.ack(1).path("ok").booleanValue()).isTrue();
    }
}
