package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.runtime.ManualTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is in a room, and what they are told of it. */
class RoomTest {

    private static final Runnable NOTHING = () -> {};

    private final ManualTasks tasks = new ManualTasks();
    private final Ledger ledger = new Ledger();
    private final Room room = new Room(
            ledger.id,
            new CatchUp(ledger, tasks),
            new RoomSettings(200, 200),
            new RoomMeters(new SimpleMeterRegistry()));
    private final Ear ada = new Ear("ada");
    private final Ear grace = new Ear("grace");

    @Test
    void aRefusalThatComesLateChangesNothingForANewerJoin() {
        Subscription older = enter(grace);
        Subscription newer = enter(grace);
        List<String> told = new ArrayList<>();
        assertThat(room.serve(newer, joined(0), 0, List.of(), () -> told.add("joined")))
                .isTrue();

        assertThat(room.refuse(older, () -> told.add("refused"))).isFalse();

        room.broadcast(ledger.message(1), 1);
        assertThat(told).containsExactly("joined");
        assertThat(grace.seqs).containsExactly(1L);
    }

    @Test
    void aJoinThatIsAnsweredAfterALeaveLeavesNobodyInTheRoom() {
        join(ada);
        room.watch(ada);
        Subscription joining = enter(grace);
        room.leave(grace, NOTHING);

        assertThat(room.serve(joining, joined(0), 0, List.of(), () -> {
                    throw new AssertionError("told of a room that it has left");
                }))
                .isFalse();

        room.broadcast(ledger.message(1), 1);
        assertThat(room.watch(grace)).isNull();
        assertThat(room.sendVolatile(grace, RoomEvent.typing(ledger.id, "grace", true)))
                .isFalse();
        assertThat(ada.notices).isEmpty();
        assertThat(grace.seqs).isEmpty();
        assertThat(room.size()).isOne();
    }

    @Test
    void whoLeavesIsOutBeforeItIsTold() {
        join(grace);
        List<Integer> sizes = new ArrayList<>();

        room.leave(grace, () -> sizes.add(room.size()));

        assertThat(sizes).containsExactly(0);
    }

    @Test
    void aRoomThatIsForgottenTakesNobodyAndNothing() {
        assertThat(room.retire(-1, -1)).isTrue();

        assertThat(room.enter(grace)).isNull();
        assertThat(room.broadcast(ledger.message(1), 1)).isFalse();
        assertThat(room.remove("grace", notice(), 2)).isFalse();
        assertThat(room.close(2)).isFalse();
    }

    @Test
    void aRoomIsNotForgottenWhileSomebodyIsThereOrTheTablesLagBehind() {
        join(grace);
        assertThat(room.retire(-1, -1)).isFalse();
        room.leave(grace, NOTHING);

        room.broadcast(ledger.message(1), 1);
        room.remove("eve", notice(), 2);
        room.close(3);
        assertThat(room.unsettledRows()).containsExactlyInAnyOrder(1L, 2L, 3L);
        room.settle(Set.of(1L, 2L));
        assertThat(room.retire(-1, -1)).isFalse();

        room.settle(Set.of(3L));
        assertThat(room.retire(-1, -1)).isTrue();
    }

    @Test
    void aRemovalIsToldInOrderAndRememberedUntilTheTablesShowIt() {
        join(ada);
        join(grace);
        room.broadcast(ledger.message(1), 1);
        room.remove("grace", notice(), 2);
        room.broadcast(ledger.message(2), 3);

        assertThat(grace.seqs).containsExactly(1L);
        assertThat(grace.notices).hasSize(1);
        assertThat(grace.evictions).isOne();
        assertThat(ada.seqs).containsExactly(1L, 2L);
        assertThat(room.question("grace", null).membershipRow()).isEqualTo(2);
        assertThat(room.question("ada", null).membershipRow()).isZero();

        room.settle(Set.of(2L));
        assertThat(room.question("grace", null).membershipRow()).isZero();
    }

    @Test
    void aClosedRoomAsksEveryoneForMembershipAfterwards() {
        join(ada);
        room.close(7);

        assertThat(ada.evictions).isOne();
        assertThat(room.question("ada", null).membershipRow()).isEqualTo(7);
        assertThat(room.question("grace", null).membershipRow()).isEqualTo(7);
    }

    @Test
    void aRowThatIsDeliveredOnceMoreDoesNotHideALaterOne() {
        room.remove("grace", notice(), 9);
        room.remove("grace", notice(), 5);
        assertThat(room.question("grace", null).membershipRow()).isEqualTo(9);

        room.close(12);
        room.close(11);
        assertThat(room.question("ada", null).membershipRow()).isEqualTo(12);
    }

    @Test
    void joiningAgainKeepsPresenceAndWatch() {
        join(ada);
        room.watch(ada);
        join(grace);
        join(grace);
        assertThat(ada.notices).hasSize(1);
        join(ada);

        room.leave(grace, NOTHING);

        assertThat(ada.notices).hasSize(2);
    }

    @Test
    void anEventThatAReplayCompactedIsNoHole() {
        join(grace);
        room.broadcast(RoomEvent.logged(ledger.id, 0, 1, 1, "message.created", "{}"), 1);
        room.broadcast(RoomEvent.logged(ledger.id, 0, 1, 1, "message.created", "{}"), 1);
        room.broadcast(RoomEvent.logged(ledger.id, 1, 2, 0, "reactions.changed", "{}"), 2);

        assertThat(grace.places).containsExactly(1L, 2L);
        assertThat(grace.seqs).containsExactly(1L);
        assertThat(room.newest()).isEqualTo(2);
        assertThat(room.newestSeq()).isOne();
    }

    @Test
    void aRemovalOfTheLogReachesItsUserAndMovesTheOthers() {
        join(ada);
        join(grace);
        room.remove("grace", RoomEvent.logged(ledger.id, 0, 1, 0, "member.removed", "{}"), 1);
        room.broadcast(RoomEvent.logged(ledger.id, 1, 2, 1, "message.created", "{}"), 2);

        assertThat(grace.places).containsExactly(1L);
        assertThat(grace.evictions).isOne();
        assertThat(ada.places).containsExactly(1L, 2L);
    }

    @Test
    void inALargeRoomOnlyTheUsersOwnConnectionsHearHowFarItHasRead() {
        Room large = new Room(
                ledger.id,
                new CatchUp(ledger, tasks),
                new RoomSettings(2, 200),
                new RoomMeters(new SimpleMeterRegistry()));
        Ear tablet = new Ear("ada");
        for (Ear ear : List.of(ada, tablet, grace)) {
            large.serve(Objects.requireNonNull(large.enter(ear)), joined(0), 0, List.of(), NOTHING);
        }
        large.read("ada", RoomEvent.read(ledger.id, "ada", 7), 9);
        assertThat(ada.notices).hasSize(1);
        assertThat(tablet.notices).hasSize(1);
        assertThat(grace.notices).isEmpty();

        large.leave(tablet, NOTHING);
        large.read("ada", RoomEvent.read(ledger.id, "ada", 8), 9);
        assertThat(grace.notices).hasSize(1);
        assertThat(tablet.notices).hasSize(1);
    }

    /** Its snapshot was taken before: nobody would repeat the marker. */
    @Test
    void whoEntersLearnsHowFarOthersHaveReadMeanwhile() {
        Subscription joining = enter(ada);
        room.read("grace", RoomEvent.read(ledger.id, "grace", 3), 7);
        assertThat(ada.notices).isEmpty();

        serve(joining, List.of(RoomEvent.read(ledger.id, "grace", 2)));

        assertThat(ada.notices).hasSize(2);
        assertThat(ada.notices.get(1)).contains("\"seq\":3");
        assertThat(room.unsettledRows()).as("kept for joins that have begun").isEmpty();
        room.leave(ada, NOTHING);
        assertThat(room.retire(-1, -1)).isFalse();
        room.settle(Set.of(7L));
        assertThat(room.retire(-1, -1)).isTrue();
    }

    @Test
    void readMarkersThatAFullQueueDidNotTakeFollowWithoutThoseBefore() {
        ada.room = 1;
        List<RoomEvent> reads = List.of(RoomEvent.read(ledger.id, "ada", 1), RoomEvent.read(ledger.id, "grace", 2));
        serve(enter(ada), reads);
        tasks.run();
        assertThat(ada.notices).hasSize(1);

        ada.drain(2);
        tasks.pass(Duration.ofSeconds(1));
        assertThat(ada.notices).hasSize(2);
        assertThat(ada.notices.get(1)).contains("grace");
        room.broadcast(ledger.message(1), 1);
        assertThat(ada.seqs).containsExactly(1L);
    }

    private void serve(Subscription subscription, List<RoomEvent> reads) {
        assertThat(room.serve(subscription, joined(0), 0, reads, NOTHING)).isTrue();
    }

    private void join(Ear ear) {
        assertThat(room.serve(enter(ear), joined(room.newest()), room.newest(), List.of(), NOTHING))
                .isTrue();
    }

    private JoinResult.Joined joined(long position) {
        return new JoinResult.Joined(ledger.id, position, position, position, "e1");
    }

    private Subscription enter(Ear ear) {
        return Objects.requireNonNull(room.enter(ear));
    }

    private RoomEvent notice() {
        return RoomEvent.notice(ledger.id, "member.removed", "{}");
    }
}
