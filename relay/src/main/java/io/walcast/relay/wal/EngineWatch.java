package io.walcast.relay.wal;

import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Watches each running engine: whether it moves the slot, whether the slot brings every row, and whether this relay
 * still owns it. For the owner thread, except for {@link #restart}, {@link #notDelivering} and {@link #compareSoon}.
 */
@Component
class EngineWatch {

    /** A running engine. */
    interface Engine {

        /** Waits for the engine's end; returns whether it has ended. */
        boolean awaitEnd(Duration atMost) throws InterruptedException;

        /** Whether rows that the engine has read are not settled: then the slot stands still on purpose. */
        boolean waitsOnPurpose();

        /** For how long one and the same row has kept the engine waiting; zero if none does. */
        Duration waiting();

        /** The position of the newest record that was handled, in bytes from the beginning of the WAL. */
        long readUpTo();

        /** The reason of the engine's end; null while it runs and when it was closed. */
        @Nullable
        Throwable failure();

        /** From now on settled positions are acknowledged with the next record, without a wait for the clock. */
        void acknowledgeAtOnce();

        /**
         * Notes that another relay may own the slot, so that the close of this engine need not wait for
         * acknowledgements.
         */
        void disown();
    }

    /** The queries of PostgreSQL while an engine runs, and the reports. */
    interface Surroundings {

        boolean isOwner();

        /** The present position of the slot. */
        SlotSample sample();

        /** @throws DoubtException if the engine may not bring every row */
        void compare();

        /**
         * Looks for rows that the slot never brought.
         *
         * @return whether there are rows that can be judged only when the slot has passed some position
         * @throws DoubtException if there are many such rows
         */
        boolean audit(SlotSample sample);

        /** Writes a message into the WAL that comes back through the slot; returns its position. */
        long beat();

        void report(State state, String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);

    private static final Duration WHILE_STARTING = Duration.ofMillis(20);
    private static final Duration WHILE_DRAINING = Duration.ofMillis(5);
    private static final Duration WORTH_MENTIONING = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final long COMPARE_EVERY_NANOS = Duration.ofSeconds(2).toNanos();

    private final WalSettings settings;
    private final Surroundings surroundings;
    private final LongSupplier nanoClock;

    private volatile @Nullable String restartReason;
    private volatile @Nullable String notDeliveringReason;
    private volatile boolean compareSoon;

    @Autowired
    EngineWatch(WalSettings settings, Surroundings surroundings) {
        this(settings, surroundings, System::nanoTime);
    }

    EngineWatch(WalSettings settings, Surroundings surroundings, LongSupplier nanoClock) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.nanoClock = nanoClock;
    }

    /** Requests a new engine in place of the running one. */
    void restart(String reason) {
        restartReason = reason;
    }

    /** Requests a new engine in place of the running one, unless rows wait on purpose. */
    void notDelivering(String reason) {
        notDeliveringReason = reason;
    }

    /** Requests the next comparison at once. */
    void compareSoon() {
        compareSoon = true;
    }

    /** Whether a restart is asked for. */
    boolean restartAsked() {
        return restartReason != null;
    }

    /** Drops requests before the next engine starts: its start fulfils them. */
    void forget() {
        restartReason = null;
        notDeliveringReason = null;
    }

    /**
     * Never returns normally: throws the reason why the engine ended, or has to end.
     *
     * @param stallTimeout for how long the slot may stand still
     * @param stopping whether the relay stops; asked because a library may have lost the interrupt of the stop
     * @param progress called when the engine has made progress
     */
    void watch(Engine engine, Intake intake, Duration stallTimeout, BooleanSupplier stopping, Runnable progress)
            throws InterruptedException {
        var watchdog = new Watchdog(stallTimeout, nanoClock.getAsLong());
        boolean heldOnce = false;
        long comparedNanos = 0;
        // Twice per heartbeat: a position is acknowledged with the message after it, so two beats bound its delay.
        Duration pause = settings.heartbeat().dividedBy(2);
        while (!engine.awaitEnd(heldOnce ? pause : WHILE_STARTING)) {
            if (stopping.getAsBoolean()) {
                throw new InterruptedException();
            }
            endIfAsked(engine);
            if (!surroundings.isOwner()) {
                engine.disown();
                throw new NotOwnerException();
            }
            HaltedException halted = intake.failure();
            if (halted != null) {
                throw halted;
            }
            try {
                SlotSample sample = surroundings.sample();
                long now = nanoClock.getAsLong();
                if (sample.held() && (!heldOnce || compareSoon || now - comparedNanos > COMPARE_EVERY_NANOS)) {
                    compareSoon = false;
                    comparedNanos = now;
                    surroundings.compare();
                    // Not in the first round: clients wait until the relay reports that it streams.
                    if (heldOnce && surroundings.audit(sample) && !engine.waitsOnPurpose()) {
                        // The slot passes the position that the audit waits for only if a record comes after it.
                        surroundings.beat();
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
                        surroundings.beat();
                    }
                }
            } catch (DataAccessException e) {
                // As long as the engine's own connection lives, this is no reason to end it.
                if (WalFailures.isShutdown(e)) {
                    throw new IllegalStateException("PostgreSQL is shutting down", e);
                }
                surroundings.report(State.BLOCKED, "PostgreSQL does not answer: " + WalFailures.summary(e));
            }
        }
        throw end(engine);
    }

    private static RuntimeException end(Engine engine) {
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

    private void endIfAsked(Engine engine) {
        if (restartReason != null) {
            throw new RequestedEndException(restartReason);
        }
        String reason = notDeliveringReason;
        notDeliveringReason = null;
        if (reason != null && !engine.waitsOnPurpose()) {
            throw new SickEngineException(reason);
        }
    }

    private void report(Engine engine, Duration still) {
        if (still.compareTo(WORTH_MENTIONING) > 0) {
            surroundings.report(
                    State.STALLED,
                    "the slot stands still while the WAL grows; the engine is replaced if that lasts for "
                            + settings.patience().toSeconds() + " s");
        } else if (engine.waiting().compareTo(WORTH_MENTIONING) > 0) {
            surroundings.report(State.BLOCKED, "a row waits for its delivery or its mark; the WAL is kept for it");
        } else {
            surroundings.report(State.STREAMING, "reading the WAL");
        }
    }

    /**
     * Lets the engine deliver all committed rows, and acknowledge them once they are marked: two beats pass through it.
     */
    void drain(Engine engine) {
        long deadline = nanoClock.getAsLong() + DRAIN.toNanos();
        try {
            engine.acknowledgeAtOnce();
            for (int beats = 0; beats < 2; beats++) {
                // The interrupt of the stop may come only now.
                Thread.interrupted();
                long position = surroundings.beat();
                while (engine.readUpTo() < position || engine.waitsOnPurpose()) {
                    if (nanoClock.getAsLong() - deadline > 0 || hasEnded(engine)) {
                        LOG.info("Some rows were not acknowledged; the slot keeps them for the next start");
                        return;
                    }
                }
            }
        } catch (DataAccessException e) {
            LOG.info("Some rows were not acknowledged; the slot keeps them: {}", WalFailures.summary(e));
        }
    }

    private static boolean hasEnded(Engine engine) {
        try {
            return engine.awaitEnd(WHILE_DRAINING);
        } catch (InterruptedException e) {
            // only stop() interrupts, and the deadline ends the drain
            return false;
        }
    }
}
