package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.RelayFixture;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Who is there and who types: told to those who are in the room now, never stored. */
class PresenceIT {

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.with(Map.of(
            "walcast.rooms.intimate-size", 3,
            "walcast.rooms.listed-users", 1,
            "walcast.gateway.limits.typing-per-second", 2));

    private UUID conversation;

    @BeforeEach
    void createConversation() {
        conversation = relay.outbox().conversation();
    }

    @Test
    void whoAskedIsToldOfAUsersFirstConnectionAndItsLast() {
        try (var ada = joined("ada")) {
            assertThat(request(ada, "presence", "").path("users").toString()).isEqualTo("[\"ada\"]");
            // Joining again does not end it.
            join(ada);
            var grace = joined("grace");
            assertThat(ada.next().toString()).isEqualTo(presence("grace", true));
            var second = joined("grace");
            // A join that repeats one is no arrival.
            join(second);
            second.close();
            grace.close();
            assertThat(ada.next().toString()).isEqualTo(presence("grace", false));
        }
    }

    @Test
    void whoAsksIsToldWhoIsThereUpToABound() {
        try (var ada = joined("ada");
                var grace = joined("grace")) {
            JsonNode answer = request(grace, "presence", "");
            assertThat(answer.toString())
                    .isEqualTo(
                            "{\"ok\":true,\"conversationId\":\"" + conversation + "\",\"users\":[\"ada\"],\"more\":1}");
            conversation = UUID.randomUUID();
            assertThat(request(grace, "presence", "").at("/error/code").stringValue())
                    .isEqualTo("not_found");
        }
    }

    @Test
    void typingGoesToTheOthersAndNotTooOften() {
        try (var ada = joined("ada");
                var grace = joined("grace")) {
            for (int times = 0; times < 5; times++) {
                assertThat(request(grace, "typing", ",'typing':true").path("ok").booleanValue())
                        .isTrue();
            }
            String typing = "{\"event\":\"typing\",\"data\":{\"conversationId\":\"" + conversation
                    + "\",\"userId\":\"grace\",\"typing\":true}}";
            assertThat(ada.next().toString()).isEqualTo(typing);
            assertThat(ada.next().toString()).isEqualTo(typing);
            assertThat(request(ada, "ping", "").path("ok").booleanValue()).isTrue();
            assertThat(request(grace, "typing", "").at("/error/code").stringValue())
                    .isEqualTo("bad_request");
        }
    }

    @Test
    void nothingOfItIsToldInALargeRoom() {
        try (var ada = joined("ada")) {
            request(ada, "presence", "");
            var others = new JsonSocket[] {joined("ada"), joined("ada")};
            try (var fourth = joined("grace")) {
                request(fourth, "typing", ",'typing':true");
                assertThat(request(ada, "ping", "").path("ok").booleanValue()).isTrue();
            }
            for (JsonSocket other : others) {
                other.close();
            }
        }
    }

    private JsonSocket joined(String userId) {
        var socket = JsonSocket.open(relay.port(), userId);
        join(socket);
        return socket;
    }

    private void join(JsonSocket socket) {
        assertThat(request(socket, "join.conversation", "").path("ok").booleanValue())
                .isTrue();
    }

    private JsonNode request(JsonSocket socket, String event, String more) {
        return socket.send(
                        "{'id':1,'event':'" + event + "','data':{'conversationId':'" + conversation + "'" + more + "}}")
                .next()
                .path("data");
    }

    private String presence(String userId, boolean present) {
        return "{\"event\":\"presence\",\"data\":{\"conversationId\":\"" + conversation + "\",\"userId\":\"" + userId
                + "\",\"present\":" + present + "}}";
    }
}
