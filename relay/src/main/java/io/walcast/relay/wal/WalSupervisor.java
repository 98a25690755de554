package io.walcast.relay.wal;

import io.walcast.relay.Backoff;
import io.walcast.relay.LifecycleThread;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Keeps an engine running: the owner of the slot guard, the sweep and every engine of this process.
 *
 * <p><b>Lifecycle.</b> Starts behind the web server and returns at once. Stops when no more posts are taken: what they
 * wrote is delivered, marked and acknowledged first, within {@link #DRAIN}. <b>Concurrency.</b> One owner thread does
 * everything; {@link #status()} may be read from anywhere. <b>Error policy.</b> What can pass is tried again after 100
 * ms, twice as long each time up to 5 s; what cannot ends in {@link State#FAILED}.
 */
@Component
public final class WalSupervisor extends LifecycleThread {

    /** Behind the web server's graceful shutdown, which ends the posts; before the server itself is stopped. */
    public static final int PHASE = DEFAULT_PHASE - 1100;

    private static final Logger LOG = LoggerFactory.getLogger(WalSupervisor.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(10);
    private static final Duration WHILE_STARTING = Duration.ofMillis(20);
    private static final Duration WHILE_STANDBY = Duration.ofMillis(200);
    private static final Duration WORTH_MENTIONING = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private static final String SILENT = "PostgreSQL has not answered for some seconds";

    private static final String UNPROVEN =
            "PostgreSQL has not confirmed for some seconds that this relay owns the slot; another one may deliver by now";

    /** invalid_password, invalid_authorization_specification, insufficient_privilege, invalid_catalog_name. */
    private static final Set<String> FATAL_SQL_STATES = Set.of("28P01", "28000", "42501", "3D000");

    /**
     * admin_shutdown and cannot_connect_now: PostgreSQL is on its way down and waits for our walsender, while marks, and
     * so acknowledgements, fail already.
     */
    private static final Set<String> SHUTTING_DOWN = Set.of("57P01", "57P03");

    private final WalSettings settings;
    private final Ownership ownership;
    private final SlotGuard guard;
    private final EngineProperties properties;
    private final OutboxConsumer consumer;
    private final ApplicationEventPublisher events;

    private volatile WalStatus status = new WalStatus(State.STOPPED, "not started", Instant.now(), 0);
    private volatile long answeredNanos;
    private volatile boolean sweepWanted;
    private volatile boolean restartWanted;

    /** Of the owner thread, as is all that follows. */
    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    private final Backoff patience;

    WalSupervisor(
            WalSettings settings,
            Ownership ownership,
            SlotGuard guard,
            EngineProperties properties,
            OutboxConsumer consumer,
            ApplicationEventPublisher events) {
        super("walcast-supervisor", PHASE);
        this.settings = settings;
        this.ownership = ownership;
        this.guard = guard;
        this.properties = properties;
        this.consumer = consumer;
        this.events = events;
        this.patience = new Backoff(settings.patience(), LONGEST_PATIENCE);
    }

    public WalStatus status() {
        WalStatus now = status;
        Duration silence = Duration.ofNanos(System.nanoTime() - answeredNanos);
        if (now.state() == State.STREAMING
                && silence.compareTo(settings.heartbeat().plus(WORTH_MENTIONING)) > 0) {
            // The owner thread waits for an answer, and cannot say so itself.
            return new WalStatus(State.BLOCKED, SILENT, Instant.now().minus(silence), now.restarts());
        }
        if (now.state() == State.STREAMING && !ownership.isProven()) {
            return new WalStatus(State.BLOCKED, UNPROVEN, Instant.now(), now.restarts());
        }
        return now;
    }

    /**
     * Has every unpublished row delivered from the table: ends the engine, makes the slot anew and sweeps. Returns when
     * that is noted; {@link #status()} shows how it goes on.
     *
     * @throws DataAccessException if PostgreSQL cannot be asked; then nothing is done
     */
    public void sweep() {
        guard.expectSweep();
        sweepWanted = true;
    }

    /** Has the engine replaced by a new one, also after {@link State#FAILED}. Returns at once. */
    public void restart() {
        restartWanted = true;
    }

    @Override
    protected void run() {
        try {
            runEngines();
        } finally {
            ownership.release();
        }
    }

    private void runEngines() {
        while (!stopping()) {
            try {
                runEngine();
            } catch (InterruptedException e) {
                // only stop() interrupts, and only this thread
            } catch (SQLException | RuntimeException e) {
                String remedy = remedy(e);
                if (remedy != null) {
                    enter(State.FAILED, remedy);
                    LOG.error("The relay stopped: {}", remedy);
                    ownership.release();
                    awaitRestart();
                } else if (!stopping()) {
                    if (e instanceof NotOwnerException) {
                        ownership.release();
                    }
                    pauseAfter(e);
                }
            }
        }
        enter(State.STOPPED, "stopped on purpose");
    }

    /** One life of an engine, from the guard to its end; ends by an exception, always. */
    private void runEngine() throws SQLException, InterruptedException {
        restartWanted = false;
        starting("looking at the slot");
        while (!mayStart()) {
            Thread.sleep(WHILE_STANDBY.toMillis());
        }
        starting("starting the engine");
        Intake intake = consumer.open(ownership.othersDelivered());
        ownership.deliversAgain();
        try (var engine = WalEngine.start(properties, intake)) {
            try {
                watch(engine, intake);
            } catch (InterruptedException e) {
                drain(engine);
                throw e;
            }
        }
    }

    private boolean mayStart() throws SQLException, InterruptedException {
        if (!ownership.acquire()) {
            if (ownership.isOwnRemnant()) {
                enter(State.STARTING, "PostgreSQL has not noticed yet that this relay lost its connection");
            } else {
                enter(State.STANDBY, "another relay owns the slot");
            }
            return false;
        }
        if (guard.prepare(consumer, () -> enter(State.SWEEPING, "the slot was created"))
                == SlotGuard.Outcome.HELD_BY_ANOTHER) {
            // The former owner's, or that of an engine of this process, whose end PostgreSQL has not noticed yet.
            enter(State.STARTING, "a walsender still holds the slot");
            return false;
        }
        return true;
    }

    private void watch(WalEngine engine, Intake intake) throws InterruptedException {
        var watchdog = new Watchdog(patience.next(), System.nanoTime());
        boolean heldOnce = false;
        // Twice a heartbeat: a position is acknowledged with the message behind it, so two beats bound how far it
        // trails.
        Duration pause = settings.heartbeat().dividedBy(2);
        while (!engine.awaitEnd(heldOnce ? pause : WHILE_STARTING)) {
            if (sweepWanted) {
                sweepWanted = false;
                throw new IllegalStateException("a sweep was asked for");
            }
            if (restartWanted) {
                throw new IllegalStateException("a restart was asked for");
            }
            if (!ownership.isHeld()) {
                engine.disown();
                throw new NotOwnerException();
            }
            HaltedException halted = intake.failure();
            if (halted != null) {
                throw halted;
            }
            SlotSample sample = sample();
            if (sample == null) {
                continue;
            }
            heldOnce |= sample.held();
            if (watchdog.hasSeenProgress()) {
                pauses.reset();
                patience.reset();
            }
            long now = System.nanoTime();
            if (watchdog.isStuck(sample, engine.waitsOnPurpose(), now)) {
                throw new IllegalStateException("the slot stands still at " + Lsn.of(sample.confirmed())
                        + " while the WAL is at " + Lsn.of(sample.current()));
            }
            if (sample.held()) {
                report(engine, watchdog.stillFor(now));
                if (watchdog.wantsBeat(sample)) {
                    guard.beat();
                }
            }
        }
        Throwable failure = engine.failure();
        if (failure instanceof HaltedException halted) {
            throw halted;
        }
        throw new IllegalStateException(failure == null ? "the engine ended by itself" : summary(failure), failure);
    }

    /** Null if PostgreSQL cannot be asked: as long as the engine's own connection lives, that is no reason to end it. */
    private @Nullable SlotSample sample() {
        try {
            SlotSample sample = guard.sample()
                    .orElseThrow(() -> new IllegalStateException("replication slot " + settings.slot() + " is gone"));
            answeredNanos = System.nanoTime();
            return sample;
        } catch (DataAccessException e) {
            if (hasSqlState(e, SHUTTING_DOWN)) {
                throw new IllegalStateException("PostgreSQL is shutting down", e);
            }
            enter(State.BLOCKED, "PostgreSQL does not answer: " + summary(e));
            return null;
        }
    }

    private void report(WalEngine engine, Duration still) {
        if (still.compareTo(WORTH_MENTIONING) > 0) {
            enter(
                    State.STALLED,
                    "the slot stands still while the WAL goes on; the engine is replaced if that lasts for "
                            + settings.patience().toSeconds() + " s");
        } else if (engine.waiting().compareTo(WORTH_MENTIONING) > 0) {
            enter(State.BLOCKED, "a row waits for its delivery or its mark; the WAL is kept for it");
        } else {
            enter(State.STREAMING, "reading the WAL");
        }
    }

    /** Lets the engine deliver what is committed, and acknowledge it once it is marked: two beats pass through it. */
    private void drain(WalEngine engine) {
        long deadline = System.nanoTime() + DRAIN.toNanos();
        try {
            for (int beats = 0; beats < 2; beats++) {
                long position = guard.beat();
                while (engine.readUpTo() < position || engine.waitsOnPurpose()) {
                    if (System.nanoTime() > deadline || engine.awaitEnd(Duration.ofMillis(5))) {
                        LOG.info("Not all was acknowledged; the slot keeps it for the next start");
                        return;
                    }
                }
            }
        } catch (DataAccessException e) {
            LOG.info("Not all was acknowledged, the slot keeps it for the next start: {}", summary(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRestart() {
        while (!stopping() && !restartWanted) {
            try {
                Thread.sleep(WHILE_STANDBY.toMillis());
            } catch (InterruptedException e) {
                // only stop() interrupts: the loop sees that it is stopping
            }
        }
    }

    private void pauseAfter(Exception failure) {
        String reason = summary(failure);
        LOG.warn("The engine will be restarted: {}", reason);
        LOG.debug("How the engine ended", failure);
        if (failure instanceof SinkDownException) {
            enter(State.BLOCKED, reason);
        } else {
            status = new WalStatus(State.RESTARTING, reason, Instant.now(), status.restarts() + 1);
        }
        try {
            Thread.sleep(pauses.next().toMillis());
        } catch (InterruptedException e) {
            // only stop() interrupts: the loop sees that it is stopping
        }
    }

    /** A sink that is down stays the news until an engine runs again. */
    private void starting(String what) {
        if (status.state() != State.BLOCKED) {
            enter(State.STARTING, what);
        }
    }

    private void enter(State state, String reason) {
        WalStatus before = status;
        if (before.state() != state || !before.reason().equals(reason)) {
            status = new WalStatus(state, reason, Instant.now(), before.restarts());
            LOG.info("Relay: {} ({})", state, reason);
            events.publishEvent(status);
        }
    }

    /** What ops must do about the failure; null if trying again may help. */
    private static @Nullable String remedy(Throwable failure) {
        if (failure instanceof FatalWalException fatal) {
            return fatal.remedy();
        }
        if (hasSqlState(failure, FATAL_SQL_STATES)) {
            return "PostgreSQL refuses the relay (" + summary(failure)
                    + "); check walcast.relay.database.*, and that the"
                    + " user has REPLICATION and is a member of walcast_relay";
        }
        return null;
    }

    private static boolean hasSqlState(@Nullable Throwable failure, Set<String> states) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null && states.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** The innermost cause, which names what happened; the layers around it only say that something did. */
    private static String summary(Throwable failure) {
        if (failure instanceof HaltedException halted) {
            return String.valueOf(halted.getMessage());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
