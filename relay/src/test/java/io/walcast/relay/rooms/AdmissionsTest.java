package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import io.walcast.relay.runtime.ManualTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of joins. */
class AdmissionsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ManualTasks tasks = new ManualTasks();
    private final Ledger ledger = new Ledger();
    private final RoomMeters meters = new RoomMeters(new SimpleMeterRegistry());
    private final Room room = new Room(ledger.id, new CatchUp(ledger, tasks), new RoomSettings(200, 200), meters);
    private final Admissions admissions = new Admissions(ledger, tasks, meters);
    private final List<JoinResult> answers = new ArrayList<>();
    private final Ear grace = new Ear("grace");

    @Test
    void manyJoinsAreOneStatement() {
        ledger.commit(3);
        for (int i = 0; i < 1_000; i++) {
            join(new Ear("ada"), null);
        }
        tasks.run();

        assertThat(answers)
                .hasSize(1_000)
                .allSatisfy(answer -> assertThat(answer).isEqualTo(new Joined(ledger.id, 3, 3, 3, "e1")));
        assertThat(ledger.tailStatements).isEqualTo(4);
    }

    @Test
    void joinsThatAreSupersededOrWhoseClientIsGoneAreNotAskedOfTheDatabase() {
        Ear ada = new Ear("ada");
        for (int i = 0; i < 100; i++) {
            join(grace, 0L);
            join(ada, null);
        }
        ada.gone = true;
        tasks.run();

        assertThat(ledger.questions).isOne();
        assertThat(answers).hasSize(200);
        assertThat(answers.stream().filter(Superseded.class::isInstance)).hasSize(199);
        assertThat(room.size()).isOne();
    }

    @Test
    void aJoinThatHasWaitedTooLongIsRefusedUnasked() {
        join(grace, null);
        // The threads were busy for so long.
        tasks.stall(Admissions.LONGEST_WAIT.plusMillis(1));
        tasks.run();

        assertThat(answers).containsExactly(new Unavailable());
        assertThat(ledger.questions).isZero();
        assertThat(room.size()).isZero();
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsUnavailable() {
        ledger.failure = Ledger.DOWN;
        join(grace, null);
        tasks.run();

        assertThat(answers).containsExactly(new Unavailable());
    }

    @Test
    void aFailureThatNobodyExpectsIsAnsweredAsWell() {
        ledger.failure = new IllegalStateException("two questions and one answer");
        join(grace, null);
        join(new Ear("ada"), null);
        tasks.run();
        assertThat(answers).containsExactly(new Unavailable(), new Unavailable());
        assertThat(room.size()).isZero();

        ledger.failure = null;
        join(grace, null);
        tasks.run();
        assertThat(answers).hasSize(3).last().isEqualTo(new Joined(ledger.id, 0, 0, 0, "e1"));
    }

    @Test
    void aClientAheadOfTheTableWaitsWithoutAThread() {
        room.broadcast(ledger.message(5), 5);
        ledger.commit(4);
        join(grace, 5L);
        tasks.pass(Duration.ofMillis(100));
        assertThat(answers).isEmpty();

        ledger.commit(5);
        tasks.pass(Duration.ofMillis(500));
        assertThat(answers).containsExactly(new Joined(ledger.id, 5, 5, 5, "e1"));
    }

    @Test
    void aClientThatIsRightIsNeverToldThatTheHistoryChanged() {
        room.broadcast(ledger.message(5), 5);
        ledger.commit(4);
        join(grace, 5L);
        tasks.pass(LONG);

        assertThat(answers).containsExactly(new Unavailable());
        assertThat(ledger.questions).isLessThan(15);
        assertThat(tasks.scheduled()).isZero();
    }

    @Test
    void aPositionBeyondWhatWasEverBroadcastIsOfAnotherHistory() {
        ledger.commit(4);
        join(grace, 5L);
        tasks.run();
        assertThat(answers).containsExactly(new HistoryChanged());
    }

    @Test
    void aPositionThatOnlyAWrongSeqWouldAllowIsOfAnotherHistory() {
        ledger.commit(4);
        room.broadcast(ledger.message(999_999), 77);
        ledger.visibleRows.add(77L);
        join(grace, 7L);
        tasks.run();
        assertThat(answers).containsExactly(new HistoryChanged());
    }

    @Test
    void whoComesBackBeforeItsRemovalIsVisibleIsNotLetIn() {
        room.remove("grace", RoomEvent.notice(ledger.id, "member.removed", "{}"), 9);
        join(grace, null);
        tasks.pass(Duration.ofMillis(50));
        assertThat(answers).isEmpty();

        ledger.members.remove("grace");
        ledger.visibleRows.add(9L);
        tasks.pass(Duration.ofSeconds(1));
        assertThat(answers).containsExactly(new NotFound());
    }

    @Test
    void whoWasAddedAgainAfterwardsIsLetIn() {
        room.remove("grace", RoomEvent.notice(ledger.id, "member.removed", "{}"), 9);
        ledger.visibleRows.add(9L);
        join(grace, null);
        tasks.run();
        assertThat(answers).hasExactlyElementsOfTypes(Joined.class);
    }

    @Test
    void aRemovalThatStaysInvisibleIsUnavailable() {
        room.remove("grace", RoomEvent.notice(ledger.id, "member.removed", "{}"), 9);
        join(grace, null);
        tasks.pass(LONG);
        assertThat(answers).containsExactly(new Unavailable());
    }

    private void join(Ear ear, @Nullable Long after) {
        Subscription subscription = Objects.requireNonNull(room.enter(ear));
        admissions.add(
                new Admission(room, subscription, new JoinPosition(after, null, null), answers::add, tasks.nanoTime()));
    }
}
