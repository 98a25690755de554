package io.walcast.relay.wal;

import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;

/**
 * Keeps an engine running: the owner of the slot guard, the sweep and every engine of this process.
 *
 * <p><b>Lifecycle.</b> Starts with the application context and returns at once; stops before the web server does, so
 * that no row is delivered to sockets that are closing. <b>Concurrency.</b> One owner thread does everything;
 * {@link #status()} may be read from anywhere. <b>Error policy.</b> What can pass is tried again after 100 ms, twice as
 * long each time up to 5 s; what cannot ends in {@link State#FAILED}.
 */
@Component
public final class WalSupervisor implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WalSupervisor.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration WHILE_STARTING = Duration.ofMillis(20);
    private static final Duration WHILE_STREAMING = Duration.ofSeconds(1);
    private static final Duration WHILE_STANDBY = Duration.ofMillis(250);

    /** invalid_password, invalid_authorization, insufficient_privilege, invalid_catalog_name, object_not_in_prerequisite_state. */
    private static final Set<String> FATAL_SQL_STATES = Set.of("28P01", "28000", "42501", "3D000");

    private final SlotGuard guard;
    private final EngineProperties properties;
    private final OutboxConsumer consumer;

    private volatile WalStatus status = new WalStatus(State.STOPPED, "not started", Instant.now(), 0);
    private volatile boolean stopping;
    private @Nullable Thread owner;

    WalSupervisor(SlotGuard guard, EngineProperties properties, OutboxConsumer consumer) {
        this.guard = guard;
        this.properties = properties;
        this.consumer = consumer;
    }

    public WalStatus status() {
        return status;
    }

    @Override
    public synchronized void start() {
        stopping = false;
        var thread = new Thread(this::supervise, "walcast-supervisor");
        owner = thread;
        thread.start();
    }

    @Override
    public synchronized void stop() {
        stopping = true;
        Thread thread = owner;
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        owner = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return owner != null;
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        while (!stopping) {
            try {
                if (runEngine()) {
                    pause = FIRST_PAUSE;
                }
                pause(pause);
            } catch (InterruptedException e) {
                // stop() is the only one who interrupts
                break;
            } catch (FatalWalException e) {
                enter(State.FAILED, e.remedy());
                LOG.error("The relay stopped: {}", e.remedy());
                return;
            }
            pause = longer(pause);
        }
        enter(State.STOPPED, "stopped on purpose");
    }

    /**
     * One life of an engine, from the guard to its end.
     *
     * @return whether it came to hold the slot
     */
    private boolean runEngine() throws InterruptedException {
        try {
            enter(State.STARTING, "looking at the slot");
            while (guard.prepare(consumer, () -> enter(State.SWEEPING, "the slot was created"))
                    == SlotGuard.Outcome.HELD_BY_ANOTHER) {
                enter(State.STANDBY, "another relay holds the slot");
                Thread.sleep(WHILE_STANDBY.toMillis());
            }
            enter(State.STARTING, "starting the engine");
            try (var engine = WalEngine.start(properties.create(), consumer.open())) {
                return watch(engine);
            }
        } catch (SQLException | RuntimeException e) {
            throwIfFatal(e);
            restartAfter(e);
            return false;
        }
    }

    private boolean watch(WalEngine engine) throws InterruptedException {
        while (!engine.awaitEnd(streaming() ? WHILE_STREAMING : WHILE_STARTING)) {
            if (!streaming() && guard.held()) {
                enter(State.STREAMING, "reading the WAL");
            }
        }
        Throwable failure = engine.failure();
        if (failure != null) {
            throwIfFatal(failure);
        }
        boolean streamed = streaming();
        restartAfter(failure);
        return streamed;
    }

    private boolean streaming() {
        return status.state() == State.STREAMING;
    }

    private void restartAfter(@Nullable Throwable failure) {
        String reason = failure == null ? "the engine ended by itself" : summary(failure);
        LOG.warn("The engine will be restarted: {}", reason);
        LOG.debug("How the engine ended", failure);
        status = new WalStatus(State.RESTARTING, reason, Instant.now(), status.restarts() + 1);
    }

    private void enter(State state, String reason) {
        WalStatus before = status;
        if (before.state() != state || !before.reason().equals(reason)) {
            status = new WalStatus(state, reason, Instant.now(), before.restarts());
            LOG.info("Relay: {} ({})", state, reason);
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        if (!stopping) {
            Thread.sleep(pause.toMillis());
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private static void throwIfFatal(Throwable failure) {
        if (failure instanceof FatalWalException fatal) {
            throw fatal;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && FATAL_SQL_STATES.contains(sql.getSQLState())) {
                throw new FatalWalException(
                        "PostgreSQL refuses the relay (" + sql.getMessage()
                                + "); check walcast.relay.database.*, and that"
                                + " the user has REPLICATION and is a member of walcast_relay",
                        failure);
            }
        }
    }

    private static String summary(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(failure instanceof CannotGetJdbcConnectionException)) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
