package io.walcast.relay.gateway.socketiochat;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.rooms.RoomEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionsTest {

    private static final UUID ONE = UUID.randomUUID();
    private static final UUID TWO = UUID.randomUUID();

    private final List<String> offsets = new ArrayList<>();
    private final Positions positions = new Positions();

    @Test
    void anOffsetHoldsEveryRoomAndItsHistory() {
        positions.enter(ONE, 7, "e-1", offsets::add);
        positions.enter(TWO, 0, "e-1", offsets::add);
        positions.advance(message(TWO, 1), offsets::add);

        Positions read = Positions.of(last());
        assertThat(read.places()).isEqualTo(Map.of(ONE, 7L, TWO, 1L));
        assertThat(read.epoch()).isEqualTo("e-1");
    }

    @Test
    void whatCouldNotBeSentDoesNotMoveIt() {
        positions.enter(ONE, 7, "e-1", offsets::add);
        assertThat(positions.advance(message(ONE, 8), offset -> false)).isFalse();
        assertThat(positions.places()).isEqualTo(Map.of(ONE, 7L));
    }

    @Test
    void aRoomThatWasLeftIsNotInIt() {
        positions.enter(ONE, 7, "e-1", offsets::add);
        positions.enter(TWO, 0, "e-1", offsets::add);
        positions.leave(ONE, offsets::add);
        positions.leave(ONE, offsets::add);
        assertThat(Positions.of(last()).places()).isEqualTo(Map.of(TWO, 0L));
        assertThat(offsets).hasSize(3);
    }

    @Test
    void afterAChangeOfHistoryNothingCanBeResumed() {
        positions.enter(ONE, 7, "e-1", offsets::add);
        positions.enter(TWO, 0, "e-2", offsets::add);
        assertThat(last()).isEqualTo(Positions.NONE);
    }

    @Test
    void tooManyRoomsCannotBeResumedUntilSomeAreLeft() {
        for (int room = 0; room < Positions.MAX_ROOMS; room++) {
            positions.enter(UUID.randomUUID(), room, "e-1", offsets::add);
        }
        assertThat(Positions.of(last()).places()).hasSize(Positions.MAX_ROOMS);
        positions.enter(ONE, 1, "e-1", offsets::add);
        assertThat(last()).isEqualTo(Positions.NONE);
        positions.leave(ONE, offsets::add);
        assertThat(Positions.of(last()).places()).hasSize(Positions.MAX_ROOMS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "e-1",
                "e-1.AAAA",
                "p.e-1",
                "p..AAAA",
                "p.e-1.AAAA",
                "p.e-1.!",
                "p.e-1._________________________________w"
            })
    void whatWasNotMadeHereIsRefused(String offset) {
        assertThat(Positions.of(offset)).isNull();
    }

    private String last() {
        return offsets.get(offsets.size() - 1);
    }

    private static RoomEvent message(UUID conversation, long seq) {
        return RoomEvent.logged(conversation, seq - 1, seq, seq, "message.created", "{}");
    }
}
