package io.walcast.relay.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.rooms.RoomEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventKindTest {

    private static final String ROOM = "0190a6f0-0000-7000-8000-000000000001";

    /** Events that no outbox row brings: they come from rooms, or concern the connection. */
    private static final List<String> NOT_OF_THE_OUTBOX =
            List.of("conversation.left", "resync", "typing", "presence", "auth.renew", "error");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)`");

    @Test
    void theTableOfEventsInTheProtocolNamesEachOfThem() throws IOException {
        String protocol = Files.readString(Path.of("..", "PROTOCOL.md"));
        int begin = protocol.indexOf("\n## Events\n");
        String section = protocol.substring(begin, protocol.indexOf("\n## ", begin + 1));
        String table = section.substring(section.indexOf("\n| event |"));

        assertThat(ROW.matcher(table.substring(0, table.indexOf("\n\n")))
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Arrays.stream(EventKind.values()).map(EventKind::wireName), NOT_OF_THE_OUTBOX.stream())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void aKindIsFoundByItsTopic(EventKind kind) {
        assertThat(EventKind.of(kind.topic())).isSameAs(kind);
    }

    @Test
    void anyOtherTopicIsUnknown() {
        assertThat(EventKind.of("billing.invoice_paid")).isNull();
        assertThat(EventKind.closesRoomIfParked("billing.invoice_paid", ROOM)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aRowWhoseKeyIsNoConversationCannotBeDelivered(EventKind kind) {
        assertThatThrownBy(() -> kind.check("no conversation", payload(kind)))
                .isInstanceOf(UndeliverableException.class)
                .hasMessageContaining("event_key");
    }

    @ParameterizedTest
    @EnumSource
    void aRowWithoutItsPayloadCannotBeDelivered(EventKind kind) {
        assertThatThrownBy(() -> kind.check(ROOM, "{}")).isInstanceOf(UndeliverableException.class);
    }

    @ParameterizedTest
    @EnumSource
    void onlyMessagesHaveASeq(EventKind kind) {
        assertThat(kind.check(ROOM, payload(kind))).isEqualTo(kind == EventKind.MESSAGE_CREATED ? 7 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void onlyAParkedRemovalClosesItsRoom(EventKind kind) {
        assertThat(EventKind.closesRoomIfParked(kind.topic(), ROOM)).isEqualTo(kind == EventKind.MEMBER_REMOVED);
        assertThat(EventKind.closesRoomIfParked(kind.topic(), "no conversation"))
                .isFalse();
    }

    /** Rooms make the event of a message themselves too, when they read it from the table. */
    @Test
    void roomsNameAMessageAsTheCatalogueDoes() {
        String name = RoomEvent.message(UUID.fromString(ROOM), 1, "{}").as((event, json) -> event);

        assertThat(name).isEqualTo(EventKind.MESSAGE_CREATED.wireName());
    }

    private static String payload(EventKind kind) {
        return kind == EventKind.MESSAGE_CREATED ? "{\"message\": {\"seq\": 7}}" : "{\"userId\": \"eve\"}";
    }
}
