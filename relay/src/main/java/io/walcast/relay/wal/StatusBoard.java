package io.walcast.relay.wal;

import io.walcast.relay.wal.Doubt.Cause;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * The status of the WAL side, and its doubts about the slot. Each change of status is logged, and published as an
 * event.
 *
 * <p>The owner thread writes; anyone may read.
 */
@Component
class StatusBoard {

    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

    private static final Duration LATE = Duration.ofSeconds(5);
    private static final String SILENT = "PostgreSQL has not answered for some seconds";
    private static final String UNPROVEN =
            "PostgreSQL has not confirmed for some seconds that this relay owns the slot; another one may deliver by now";

    private final Duration longestSilence;
    private final Ownership ownership;
    private final ApplicationEventPublisher events;
    private final AtomicLongArray doubts = new AtomicLongArray(Cause.values().length);

    private volatile WalStatus status = new WalStatus(State.STOPPED, "not started", null, Instant.now(), 0, false);
    private volatile long answeredNanos;
    private volatile @Nullable Doubt lastDoubt;

    StatusBoard(WalSettings settings, Ownership ownership, ApplicationEventPublisher events) {
        this.longestSilence = settings.heartbeat().plus(LATE);
        this.ownership = ownership;
        this.events = events;
    }

    WalStatus status() {
        WalStatus now = status;
        Duration silence = Duration.ofNanos(System.nanoTime() - answeredNanos);
        if (now.state() == State.STREAMING && silence.compareTo(longestSilence) > 0) {
            // The owner thread waits for an answer, and cannot report that itself.
            return new WalStatus(
                    State.BLOCKED, SILENT, null, Instant.now().minus(silence), now.restarts(), now.elsewhere());
        }
        if (now.state() == State.STREAMING && !ownership.isProven()) {
            return new WalStatus(State.BLOCKED, UNPROVEN, null, Instant.now(), now.restarts(), now.elsewhere());
        }
        return now;
    }

    /** Notes that PostgreSQL has answered just now. */
    void answered() {
        answeredNanos = System.nanoTime();
    }

    void enter(State state, String reason) {
        enter(state, reason, null, status.restarts());
    }

    /** Reports that a cause outside of the relay prevents delivery. */
    void blockedBy(Obstacle obstacle, String reason) {
        enter(State.BLOCKED, reason, obstacle, status.restarts());
    }

    /** Reports that an engine is about to start. A state that has prevented this stays until an engine runs. */
    void starting(String what) {
        if (status.state() != State.BLOCKED && status.state() != State.FAILED) {
            enter(State.STARTING, what);
        }
    }

    /** The engine ended, and the next one starts after a pause. */
    void restarting(String reason) {
        WalStatus before = status;
        enter(State.RESTARTING, reason, null, before.restarts() + 1);
    }

    void doubted(Doubt doubt) {
        doubts.incrementAndGet(doubt.cause().ordinal());
        lastDoubt = doubt;
    }

    /** The last doubt, which a sweep followed. */
    Optional<Doubt> lastDoubt() {
        return Optional.ofNullable(lastDoubt);
    }

    /** The number of doubts with this cause since the process started. */
    long doubts(Cause cause) {
        return doubts.get(cause.ordinal());
    }

    private void enter(State state, String reason, @Nullable Obstacle obstacle, long restarts) {
        WalStatus before = status;
        boolean elsewhere = state == State.STANDBY || !ownership.isHeld() && ownership.othersWait();
        if (before.state() == state
                && before.reason().equals(reason)
                && before.elsewhere() == elsewhere
                && before.restarts() == restarts) {
            return;
        }
        Instant since = before.state() == state && before.obstacle() == obstacle ? before.since() : Instant.now();
        status = new WalStatus(state, reason, obstacle, since, restarts, elsewhere);
        if (before.state() != state || before.obstacle() != obstacle || obstacle == null) {
            LOG.info("Relay: {} ({})", state, reason);
        }
        events.publishEvent(status);
    }
}
