package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.runtime.ManualTasks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the table to the tail. */
class CatchUpTest {

    private static final Runnable NOTHING = () -> {};

    private final ManualTasks tasks = new ManualTasks();
    private final Ledger ledger = new Ledger();
    private final Room room = new Room(
            ledger.id,
            new CatchUp(ledger, tasks),
            new RoomSettings(200, 200),
            new RoomMeters(new SimpleMeterRegistry()));
    private final Ear grace = new Ear("grace");

    @Test
    void readsAShortPageThenLongerOnesAndIsLiveThen() {
        ledger.commit(33);
        join(grace, 3);
        tasks.step();
        assertThat(grace.seqs).isEqualTo(seqs(4, 3 + Ledger.FIRST_PAGE));
        tasks.run();
        assertThat(grace.seqs).isEqualTo(seqs(4, 33));

        broadcast(34);
        assertThat(grace.seqs).isEqualTo(seqs(4, 34));
        assertThat(ledger.pages).isEqualTo(5);
    }

    @Test
    void whoIsRemovedOnTheWayReadsNothingAfterTheRemovalThoughTheRelayLags() {
        ledger.commit(100);
        join(grace, 0);
        tasks.step();
        tasks.step();
        ledger.members.remove("grace");
        ledger.commit(200);
        tasks.run();

        assertThat(grace.seqs).isEqualTo(seqs(1, Ledger.FIRST_PAGE + Ledger.PAGE));
        assertThat(grace.evictions).isOne();
        assertThat(room.size()).isZero();
    }

    @Test
    void aSlowClientIsServedAtItsOwnSpeed() {
        ledger.commit(30);
        grace.room = 3;
        join(grace, 0);
        tasks.pass(Duration.ofMinutes(1));
        assertThat(grace.seqs).isEqualTo(seqs(1, 3));
        assertThat(ledger.pages).isOne();

        grace.drain(Integer.MAX_VALUE);
        tasks.pass(Duration.ofSeconds(1));
        assertThat(grace.seqs).isEqualTo(seqs(1, 30));
    }

    @Test
    void aHoleIsFilledFromTheTableInOrder() {
        join(grace, 0);
        ledger.commit(3);
        ledger.delete(2);
        room.broadcast(ledger.message(1), 1);
        room.broadcast(ledger.message(3), 3);
        tasks.run();
        broadcast(4);

        assertThat(grace.seqs).isEqualTo(seqs(1, 4));
    }

    @Test
    void aMessageThatIsNotVisibleYetIsWaitedForWithGrowingPausesByOneForAll() {
        List<Ear> ears = LongStream.range(0, 50).mapToObj(i -> new Ear("ada")).toList();
        room.broadcast(ledger.message(1), 1);
        ears.forEach(ear -> join(ear, 0));
        tasks.pass(Duration.ofMinutes(1));

        // Each once, and then one of them: every 20 ms at first and every 2 s in the end.
        assertThat(ledger.pages).isBetween(75, 100);
        assertThat(tasks.scheduled()).isOne();

        ledger.commit(1);
        tasks.pass(Duration.ofSeconds(2));
        assertThat(ears).allSatisfy(ear -> assertThat(ear.seqs).containsExactly(1L));
        broadcast(2);
        assertThat(ears).allSatisfy(ear -> assertThat(ear.seqs).containsExactly(1L, 2L));
    }

    @Test
    void othersAreServedThoughTheOneThatAsksForAllHasGone() {
        Ear ada = new Ear("ada");
        room.broadcast(ledger.message(1), 1);
        join(grace, 0);
        join(ada, 0);
        tasks.pass(Duration.ofMillis(10));
        grace.gone = true;
        tasks.pass(Duration.ofMillis(100));
        ledger.commit(1);
        tasks.pass(Duration.ofSeconds(2));

        assertThat(ada.seqs).containsExactly(1L);
        assertThat(room.size()).isOne();
    }

    @Test
    void othersAreServedThoughTheOneThatAsksForAllFailsForAReasonOfItsOwn() {
        Ear ada = new Ear("ada");
        room.broadcast(ledger.message(1), 1);
        join(grace, 0);
        join(ada, 0);
        tasks.pass(Duration.ofMillis(10));
        grace.failure = new IllegalStateException("a defect");
        ledger.commit(1);
        tasks.pass(Duration.ofSeconds(20));

        assertThat(ada.seqs).containsExactly(1L);
    }

    @Test
    void aSeqThatTheTableDoesNotHaveIsPassedOverOnceItsRowIsVisible() {
        ledger.commit(2);
        join(grace, 2);
        long row = 77;
        room.broadcast(ledger.message(999_999), row);
        tasks.pass(Duration.ofSeconds(10));
        int pages = ledger.pages;
        assertThat(pages).isLessThan(20);

        ledger.visibleRows.add(row);
        tasks.pass(Duration.ofSeconds(2));
        assertThat(room.newest()).isEqualTo(2);
        assertThat(tasks.scheduled()).isZero();
        broadcast(3);
        assertThat(grace.seqs).containsExactly(3L);
    }

    @Test
    void aMessageThatFollowsAWrongSeqIsNotLost() {
        ledger.commit(2);
        join(grace, 2);
        room.broadcast(ledger.message(999_999), 77);
        ledger.visibleRows.add(77L);
        room.broadcast(ledger.message(3), 3);
        tasks.pass(Duration.ofSeconds(2));
        assertThat(grace.seqs).isEmpty();

        ledger.commit(3);
        tasks.pass(Duration.ofSeconds(2));
        broadcast(4);
        assertThat(grace.seqs).containsExactly(3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aTableThatCannotBeReadIsTriedAgainWithGrowingPauses(Throwable failure) {
        ledger.commit(5);
        ledger.failure = failure;
        join(grace, 0);
        tasks.pass(Duration.ofSeconds(1));
        room.resyncFromTable();
        tasks.pass(Duration.ofSeconds(60));
        assertThat(tasks.scheduled()).isOne();

        ledger.failure = null;
        tasks.pass(Duration.ofSeconds(16));
        assertThat(grace.seqs).isEqualTo(seqs(1, 5));
    }

    @Test
    void whatOthersDeliveredIsReadAndWhoTheyRemovedIsPutOut() {
        Ear ada = new Ear("ada");
        join(grace, 0);
        join(ada, 0);
        ledger.commit(3);
        ledger.members.remove("grace");
        room.resyncFromTable();
        tasks.run();

        assertThat(ada.seqs).isEqualTo(seqs(1, 3));
        assertThat(grace.seqs).isEmpty();
        assertThat(grace.evictions).isOne();
    }

    @Test
    void aRowThatSaysNothingToSendIsReadFromTheTableOnceThatShowsIt() {
        join(grace, 0);
        room.readTable(0, 1, 1);
        tasks.pass(Duration.ofMillis(100));
        assertThat(grace.seqs).isEmpty();

        ledger.commit(1);
        tasks.pass(Duration.ofSeconds(2));
        broadcast(2);
        assertThat(grace.seqs).containsExactly(1L, 2L);
        assertThat(tasks.scheduled()).isZero();
    }

    @Test
    void whoEntersAfterSuchARowReadsTheTableAsWell() {
        room.readTable(0, 1, 1);
        join(grace, 0);
        tasks.pass(Duration.ofMillis(100));
        ledger.commit(1);
        tasks.pass(Duration.ofSeconds(2));

        assertThat(grace.seqs).containsExactly(1L);
    }

    @Test
    void whoHasTheEventOfSuchARowReadsNothing() {
        ledger.commit(3);
        join(grace, 3);
        room.readTable(2, 0, 2);
        tasks.run();
        broadcast(4);

        assertThat(ledger.pages).isZero();
        assertThat(grace.seqs).containsExactly(4L);
    }

    @Test
    void readMarkersComeAtTheEndAndNotAgainAfterAHole() {
        ledger.reads = List.of(RoomEvent.read(ledger.id, "ada", 1));
        ledger.commit(3);
        join(grace, 0);
        tasks.run();
        assertThat(grace.notices).hasSize(1);

        ledger.commit(5);
        room.broadcast(ledger.message(5), 5);
        tasks.run();
        assertThat(grace.seqs).isEqualTo(seqs(1, 5));
        assertThat(grace.notices).hasSize(1);
    }

    @Test
    void aReadMarkerThatFindsTheQueueFullComesLaterThoughTheTableDoesNotShowIt() {
        join(grace, 0);
        tasks.run();
        grace.room = 0;
        room.read("ada", RoomEvent.read(ledger.id, "ada", 1), 9);
        tasks.run();
        assertThat(grace.resyncs).isOne();
        assertThat(grace.notices).isEmpty();

        grace.drain(10);
        tasks.pass(Duration.ofSeconds(1));
        assertThat(grace.notices).hasSize(1);
        broadcast(1);
        assertThat(grace.seqs).containsExactly(1L);
    }

    private static List<Throwable> failures() {
        return List.of(Ledger.DOWN, new IllegalStateException("a defect"), new StackOverflowError());
    }

    private void broadcast(long seq) {
        ledger.commit(seq);
        room.broadcast(ledger.message(seq), seq);
    }

    private void join(Ear ear, long after) {
        var joined = new JoinResult.Joined(ledger.id, after, ledger.lastSeq, ledger.lastSeq, "e1");
        room.serve(Objects.requireNonNull(room.enter(ear)), joined, after, List.of(), NOTHING);
    }

    private static List<Long> seqs(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
