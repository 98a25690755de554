package io.walcast.relay.wal;

import io.walcast.relay.runtime.Backoff;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.Optional;

/** Decides on the state, the pause and the ownership after the end of an engine. For the owner thread. */
final class RestartPolicy {

    /**
     * The decision after the end of an engine.
     *
     * @param state of the relay during the pause
     * @param pause before the next engine
     * @param releases whether the relay is no longer the owner, or cannot use the ownership
     * @param letsOthersTry whether a standby may do better with the slot
     * @param replacesSlot whether the slot cannot pass a change in the WAL, and must be replaced
     */
    record Next(
            State state,
            String reason,
            Duration pause,
            boolean releases,
            boolean letsOthersTry,
            boolean replacesSlot) {}

    static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** Longer than the time after which a waiting relay asks for the slot again. */
    static final Duration LETS_OTHERS_TRY = Duration.ofSeconds(2);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE_IF_FAILED = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE_IF_FAILED = Duration.ofSeconds(10);
    private static final Duration LONGEST_STALL_TIMEOUT = Duration.ofMinutes(10);

    /** Engines that fail in a row before another relay may try. */
    private static final int FAILURES_OF_ONE_OWNER = 3;

    /** An engine that makes progress after this time counts as healthy. */
    private static final Duration WORKS = Duration.ofSeconds(10);

    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private final Backoff pausesIfFailed = new Backoff(FIRST_PAUSE_IF_FAILED, LONGEST_PAUSE_IF_FAILED);
    private final Backoff stallTimeouts;
    private int failures;

    RestartPolicy(WalSettings settings) {
        this.stallTimeouts = new Backoff(settings.patience(), LONGEST_STALL_TIMEOUT);
    }

    /**
     * How long the slot of the next engine may stand still; longer with each engine in a row that makes no progress.
     */
    Duration nextStallTimeout() {
        return stallTimeouts.next();
    }

    /** Notes that the engine has made progress at this time after its start. */
    void progressed(Duration sinceStart) {
        pauses.reset();
        pausesIfFailed.reset();
        stallTimeouts.reset();
        if (sinceStart.compareTo(WORKS) > 0) {
            failures = 0;
        }
    }

    /** @param othersWait whether this relay owns the slot and another one waits for it */
    Next after(Exception failure, boolean othersWait) {
        boolean well = failure instanceof DoubtException || failure instanceof RequestedEndException;
        failures += well ? 0 : 1;
        Optional<String> remedy = WalFailures.remedy(failure);
        if (remedy.isPresent()) {
            return new Next(State.FAILED, remedy.get(), pausesIfFailed.next(), true, false, false);
        }
        boolean lost = failure instanceof NotOwnerException;
        boolean sick = failure instanceof SickEngineException || failures >= FAILURES_OF_ONE_OWNER;
        boolean letsOthersTry = sick && othersWait && !lost;
        if (letsOthersTry) {
            failures = 0;
        }
        Duration pause = letsOthersTry ? LETS_OTHERS_TRY : well ? FIRST_PAUSE : pauses.next();
        return new Next(
                failure instanceof SinkDownException ? State.BLOCKED : State.RESTARTING,
                WalFailures.summary(failure),
                pause,
                lost,
                letsOthersTry,
                WalFailures.cannotPass(failure));
    }
}
