package io.walcast.relay.wal;

import io.walcast.relay.wal.OutboxConsumer.Audit;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Watches one engine after the other: that it moves the slot, that the slot brings every row, that this relay still owns
 * it. For the owner thread, but for {@link #restart}, {@link #mute} and {@link #compareSoon}.
 */
@Component
class EngineWatch {

    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);

    private static final Duration WHILE_STARTING = Duration.ofMillis(20);
    private static final Duration WORTH_MENTIONING = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final Duration WHILE_DRAINING = Duration.ofMillis(5);
    private static final long COMPARE_EVERY_NANOS = Duration.ofSeconds(2).toNanos();

    private final WalSettings settings;
    private final Ownership ownership;
    private final SlotGuard guard;
    private final SlotMemory memory;
    private final OutboxConsumer consumer;
    private final StatusBoard board;

    private volatile @Nullable String restartReason;
    private volatile @Nullable String muteReason;
    private volatile boolean compareSoon;

    EngineWatch(
            WalSettings settings,
            Ownership ownership,
            SlotGuard guard,
            SlotMemory memory,
            OutboxConsumer consumer,
            StatusBoard board) {
        this.settings = settings;
        this.ownership = ownership;
        this.guard = guard;
        this.memory = memory;
        this.consumer = consumer;
        this.board = board;
    }

    /** Has the engine that runs now replaced. */
    void restart(String reason) {
        restartReason = reason;
    }

    /** Has the engine that runs now replaced, unless rows wait on purpose. */
    void mute(String reason) {
        muteReason = reason;
    }

    /** Does not wait for the next time that a comparison is due. */
    void compareSoon() {
        compareSoon = true;
    }

    /** Whether a restart is asked for. */
    boolean restartAsked() {
        return restartReason != null;
    }

    /** What was asked for before the next engine starts is done by starting it. */
    void forget() {
        restartReason = null;
        muteReason = null;
    }

    /**
     * Returns never: throws why the engine ended, or has to end.
     *
     * @param patience for how long the slot may stand still
     * @param stopping whether the relay stops; asked because the interrupt that tells it may be lost in a library
     * @param progress told when the engine has been seen to do its work
     */
    void watch(WalEngine engine, Intake intake, Duration patience, BooleanSupplier stopping, Runnable progress)
            throws InterruptedException {
        var watchdog = new Watchdog(patience, System.nanoTime());
        boolean heldOnce = false;
        long comparedNanos = 0;
        // Twice a heartbeat: a position is acknowledged with the message behind it, so two beats bound how far it
        // trails.
        Duration pause = settings.heartbeat().dividedBy(2);
        while (!engine.awaitEnd(heldOnce ? pause : WHILE_STARTING)) {
            if (stopping.getAsBoolean()) {
                throw new InterruptedException();
            }
            endIfAsked(engine);
            if (!ownership.isHeld()) {
                engine.disown();
                throw new NotOwnerException();
            }
            HaltedException halted = intake.failure();
            if (halted != null) {
                throw halted;
            }
            try {
                SlotSample sample = sample();
                long now = System.nanoTime();
                if (sample.held() && (!heldOnce || compareSoon || now - comparedNanos > COMPARE_EVERY_NANOS)) {
                    compareSoon = false;
                    comparedNanos = now;
                    guard.compare();
                    if (heldOnce) {
                        // Not in the first round: clients wait until the relay reports that it streams.
                        audit(sample, engine);
                    }
                }
                heldOnce |= sample.held();
                if (watchdog.hasSeenProgress()) {
                    progress.run();
                }
                if (watchdog.isStuck(sample, engine.waitsOnPurpose(), now)) {
                    throw new SickEngineException("the slot stands still at " + Lsn.of(sample.confirmed())
                            + " while the WAL is at " + Lsn.of(sample.current()));
                }
                if (sample.held()) {
                    report(engine, watchdog.stillFor(now));
                    if (watchdog.wantsBeat(sample)) {
                        memory.beat();
                    }
                }
            } catch (DataAccessException e) {
                // As long as the engine's own connection lives, this is no reason to end it.
                if (WalFailures.isShutdown(e)) {
                    throw new IllegalStateException("PostgreSQL is shutting down", e);
                }
                board.enter(State.BLOCKED, "PostgreSQL does not answer: " + WalFailures.summary(e));
            }
        }
        throw end(engine);
    }

    private static RuntimeException end(WalEngine engine) {
        Throwable failure = engine.failure();
        HaltedException halted = WalFailures.cause(failure, HaltedException.class);
        DoubtException doubt = WalFailures.cause(failure, DoubtException.class);
        if (halted != null) {
            return halted;
        }
        if (doubt != null) {
            return doubt;
        }
        return new IllegalStateException(
                failure == null ? "the engine ended by itself" : WalFailures.summary(failure), failure);
    }

    private void endIfAsked(WalEngine engine) {
        if (restartReason != null) {
            throw new RequestedEndException(restartReason);
        }
        String mute = muteReason;
        muteReason = null;
        if (mute != null && !engine.waitsOnPurpose()) {
            throw new SickEngineException(mute);
        }
    }

    private SlotSample sample() {
        SlotSample sample = memory.sample()
                .orElseThrow(() -> new IllegalStateException("replication slot " + settings.slot() + " is gone"));
        board.answered();
        guard.seen(sample.current());
        return sample;
    }

    private void audit(SlotSample sample, WalEngine engine) {
        Audit audit = consumer.audit(sample.confirmed());
        if (audit.stranded() > 0) {
            throw guard.stranded(audit.stranded());
        }
        if (audit.sentAgain() > 0) {
            guard.sentAgain(audit.sentAgain());
        }
        if (audit.waits() && !engine.waitsOnPurpose()) {
            // The slot passes what the audit waits for only if something comes after it.
            memory.beat();
        }
    }

    private void report(WalEngine engine, Duration still) {
        if (still.compareTo(WORTH_MENTIONING) > 0) {
            board.enter(
                    State.STALLED,
                    "the slot stands still while the WAL goes on; the engine is replaced if that lasts for "
                            + settings.patience().toSeconds() + " s");
        } else if (engine.waiting().compareTo(WORTH_MENTIONING) > 0) {
            board.enter(State.BLOCKED, "a row waits for its delivery or its mark; the WAL is kept for it");
        } else {
            board.enter(State.STREAMING, "reading the WAL");
        }
    }

    /** Lets the engine deliver what is committed, and acknowledge it once it is marked: two beats pass through it. */
    void drain(WalEngine engine) {
        long deadline = System.nanoTime() + DRAIN.toNanos();
        try {
            engine.acknowledgeAtOnce();
            for (int beats = 0; beats < 2; beats++) {
                // The interrupt of the stop that this is a part of may come only now.
                Thread.interrupted();
                long position = memory.beat();
                while (engine.readUpTo() < position || engine.waitsOnPurpose()) {
                    if (System.nanoTime() > deadline || hasEnded(engine)) {
                        LOG.info("Not all was acknowledged; the slot keeps it for the next start");
                        return;
                    }
                }
            }
        } catch (DataAccessException e) {
            LOG.info("Not all was acknowledged, the slot keeps it for the next start: {}", WalFailures.summary(e));
        }
    }

    private static boolean hasEnded(WalEngine engine) {
        try {
            return engine.awaitEnd(WHILE_DRAINING);
        } catch (InterruptedException e) {
            // only stop() interrupts, and the deadline ends the drain
            return false;
        }
    }
}
