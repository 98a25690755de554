package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class EngineWatchTest {

    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);
    private static final long MUCH = 1_000_000;

    private final WalSettings settings =
            new WalSettings("walcast", "walcast", LatencyProfile.BALANCED, Duration.ofSeconds(1), STALL_TIMEOUT);
    private final Slot slot = new Slot();
    private final Engine engine = new Engine();
    private final Intake intake = new IntakeOfNothing();
    private final AtomicInteger progress = new AtomicInteger();
    private final EngineWatch watch = new EngineWatch(settings, slot, () -> engine.nanos);

    private boolean stopping;
    private @Nullable HaltedException halted;

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aStopWhoseInterruptWasLostEndsTheWatch() {
        engine.beforeRound(3, () -> stopping = true);

        assertThatThrownBy(this::watch).isInstanceOf(InterruptedException.class);
        assertThat(engine.rounds).isEqualTo(3);
    }

    @Test
    void reportsThatItStreamsBeforeItAudits() {
        slot.held = false;
        engine.beforeRound(2, () -> slot.held = true);
        engine.endsInRound(10);

        assertThatThrownBy(this::watch).hasMessageContaining("ended by itself");

        assertThat(slot.asked.subList(0, 3)).containsExactly("compare", "STREAMING", "STREAMING");
        assertThat(slot.asked).contains("audit");
        assertThat(slot.asked.stream().filter("compare"::equals)).hasSize(2);
    }

    @Test
    void comparesAtOnceWhenAsked() {
        engine.beforeRound(3, watch::compareSoon);
        engine.endsInRound(4);

        assertThatThrownBy(this::watch).isInstanceOf(IllegalStateException.class);

        assertThat(slot.asked).containsExactly("compare", "STREAMING", "STREAMING", "compare", "audit", "STREAMING");
    }

    @Test
    void anAuditThatWaitsIsHelpedAlongUnlessRowsWaitOnPurpose() {
        slot.auditWaits = true;
        engine.beforeRound(3, watch::compareSoon);
        engine.beforeRound(4, () -> engine.waitsOnPurpose = true);
        engine.beforeRound(5, watch::compareSoon);
        engine.endsInRound(6);

        assertThatThrownBy(this::watch).isInstanceOf(IllegalStateException.class);

        assertThat(slot.asked.stream().filter("audit"::equals)).hasSize(2);
        assertThat(slot.asked.stream().filter("beat"::equals)).hasSize(1);
    }

    @Test
    void anEngineThatIsNoLongerTheOwnersIsDisowned() {
        engine.beforeRound(3, () -> slot.owner = false);

        assertThatThrownBy(this::watch).isInstanceOf(NotOwnerException.class);
        assertThat(engine.disowned).isTrue();
    }

    @Test
    void rowsThatWillNeverBeSettledEndIt() {
        engine.beforeRound(2, () -> halted = new SinkDownException("on purpose", new IllegalStateException()));

        assertThatThrownBy(this::watch).isSameAs(halted);
    }

    @Test
    void aSlotThatStandsStillEndsItAfterTheTimeoutAndIsReportedBefore() {
        slot.growing = true;

        assertThatThrownBy(this::watch).isInstanceOf(SickEngineException.class).hasMessageContaining("stands still");

        assertThat(slot.asked).contains("STALLED");
        assertThat(Duration.ofNanos(engine.nanos)).isBetween(STALL_TIMEOUT, STALL_TIMEOUT.plusSeconds(2));
        assertThat(progress).hasValue(0);
    }

    @Test
    void aRowThatWaitsIsReportedAndEndsNothing() {
        slot.growing = true;
        engine.waitsOnPurpose = true;
        engine.waiting = Duration.ofSeconds(6);
        engine.endsInRound(100);

        assertThatThrownBy(this::watch).hasMessageContaining("ended by itself");
        assertThat(slot.asked).contains("BLOCKED").doesNotContain("STALLED", "STREAMING");
    }

    @Test
    void aRestartIsDoneOnceAndIsForgottenBeforeTheNextEngine() {
        watch.restart("somebody asked");
        assertThatThrownBy(this::watch).isInstanceOf(RequestedEndException.class);

        watch.forget();
        engine.endsInRound(engine.rounds + 2);
        assertThatThrownBy(this::watch).hasMessageContaining("ended by itself");
    }

    @Test
    void anEngineThatDeliversNothingIsReplacedUnlessRowsWaitOnPurpose() {
        engine.waitsOnPurpose = true;
        watch.notDelivering("no canary arrives");
        engine.beforeRound(3, () -> {
            engine.waitsOnPurpose = false;
            watch.notDelivering("no canary arrives");
        });

        assertThatThrownBy(this::watch)
                .isInstanceOf(SickEngineException.class)
                .hasMessageContaining("no canary arrives");
        assertThat(engine.rounds).isEqualTo(3);
    }

    @Test
    void anAnswerThatFailsIsReportedAndEndsNothing() {
        slot.failure = new SQLException("no answer", "08006");
        engine.beforeRound(3, () -> slot.failure = null);
        engine.endsInRound(5);

        assertThatThrownBy(this::watch).hasMessageContaining("ended by itself");
        assertThat(slot.asked).startsWith("BLOCKED", "BLOCKED", "compare", "STREAMING");
    }

    @Test
    void aShutdownOfPostgresEndsTheEngineAtOnce() {
        slot.failure = new SQLException("terminating connection", "57P01");

        assertThatThrownBy(this::watch).hasMessageContaining("PostgreSQL is shutting down");
        assertThat(engine.rounds).isEqualTo(1);
    }

    @Test
    void anEndIsExplainedByTheDoubtOrTheHaltThatCausedIt() {
        var doubt = new DoubtException(Doubt.of(Doubt.Cause.SLOT_MOVED, "moved"));
        engine.failure = new IllegalStateException("wrapped", doubt);
        engine.endsInRound(1);
        assertThatThrownBy(this::watch).isSameAs(doubt);

        var down = new SinkDownException("on purpose", new IllegalStateException());
        engine.failure = new IllegalStateException("wrapped", down);
        assertThatThrownBy(this::watch).isSameAs(down);
    }

    @Test
    void aDrainSendsTwoBeatsThroughTheEngine() {
        engine.readsUpTo(slot);
        watch.drain(engine);

        assertThat(engine.acknowledgesAtOnce).isTrue();
        assertThat(slot.asked).containsExactly("beat", "beat");
    }

    @Test
    void aDrainOutlivesTheInterruptOfItsStopAndIsBounded() {
        // Both ways in which the interrupt may come: before the first beat, and while one is awaited.
        Thread.currentThread().interrupt();
        engine.interruptsInRound(2);
        watch.drain(engine);

        assertThat(slot.asked).containsExactly("beat");
        assertThat(Duration.ofNanos(engine.nanos)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
    }

    private void watch() throws InterruptedException {
        watch.watch(engine, intake, STALL_TIMEOUT, () -> stopping, progress::incrementAndGet);
    }

    /** An engine whose time passes while it is waited for; it ends after a minute in any case. */
    private static final class Engine implements EngineWatch.Engine {

        private record Step(int round, Runnable action) {}

        private final List<Step> steps = new ArrayList<>();
        private long nanos;
        private int rounds;
        private int endsInRound = Integer.MAX_VALUE;
        private int interruptsInRound;
        private boolean waitsOnPurpose;
        private Duration waiting = Duration.ZERO;
        private boolean disowned;
        private boolean acknowledgesAtOnce;
        private @Nullable Slot readFrom;
        private @Nullable Throwable failure;

        void beforeRound(int round, Runnable action) {
            steps.add(new Step(round, action));
        }

        void endsInRound(int round) {
            endsInRound = round;
        }

        void interruptsInRound(int round) {
            interruptsInRound = round;
        }

        void readsUpTo(Slot slot) {
            readFrom = slot;
        }

        @Override
        public boolean awaitEnd(Duration atMost) throws InterruptedException {
            rounds++;
            if (rounds == interruptsInRound) {
                throw new InterruptedException();
            }
            nanos += atMost.toNanos();
            steps.stream()
                    .filter(step -> step.round() == rounds)
                    .forEach(step -> step.action().run());
            return rounds >= endsInRound || nanos > Duration.ofMinutes(1).toNanos();
        }

        @Override
        public boolean waitsOnPurpose() {
            return waitsOnPurpose;
        }

        @Override
        public Duration waiting() {
            return waiting;
        }

        @Override
        public long readUpTo() {
            return readFrom == null ? 0 : readFrom.end;
        }

        @Override
        public @Nullable Throwable failure() {
            return failure;
        }

        @Override
        public void acknowledgeAtOnce() {
            acknowledgesAtOnce = true;
        }

        @Override
        public void disown() {
            disowned = true;
        }
    }

    /** A slot, and what was asked and reported, in order. */
    private static final class Slot implements EngineWatch.Surroundings {

        private final List<String> asked = new ArrayList<>();
        private boolean held = true;
        private boolean owner = true;
        private boolean growing;
        private boolean auditWaits;
        private long end = 100;
        private @Nullable SQLException failure;

        @Override
        public boolean isOwner() {
            return owner;
        }

        @Override
        public SlotSample sample() {
            if (failure != null) {
                throw new DataAccessResourceFailureException("sample", failure);
            }
            end += growing ? MUCH : 0;
            return new SlotSample(held, end, 100);
        }

        @Override
        public void compare() {
            asked.add("compare");
        }

        @Override
        public boolean audit(SlotSample sample) {
            asked.add("audit");
            return auditWaits;
        }

        @Override
        public long beat() {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            asked.add("beat");
            return ++end;
        }

        @Override
        public void report(State state, String reason) {
            asked.add(state.name());
        }
    }

    private final class IntakeOfNothing implements Intake {

        @Override
        public Settlement take(OutboxRow row) {
            throw new IllegalStateException("nothing is read");
        }

        @Override
        public @Nullable HaltedException failure() {
            return halted;
        }

        @Override
        public void close() {}
    }
}
