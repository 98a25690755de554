package io.walcast.relay.wal;

import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import io.walcast.relay.wal.Doubt.Cause;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Keeps Debezium's engine running, in a loop: check the slot, run an engine until its end, pause.
 *
 * <p><b>Lifecycle.</b> Starts after the web server and returns at once. Stops after the last post: its row is
 * delivered, marked and acknowledged first, within 2 s. <b>Concurrency.</b> One owner thread does everything; the
 * public methods are thread-safe. <b>Error policy.</b> After a failure that can pass, a new engine starts after 100 ms,
 * twice as long each time up to 5 s. A failure that operators must fix is {@link State#FAILED}; the next try follows
 * after 1 s, twice as long each time up to 10 s. An owner whose engines fail lets another relay try, if one waits.
 */
@Component
public final class WalSupervisor extends LifecycleThread {

    private static final Logger LOG = LoggerFactory.getLogger(WalSupervisor.class);

    private static final Duration WHILE_STANDBY = Duration.ofMillis(200);

    /** An owner that cannot start an engine yet mostly waits for the end of the last one, which takes milliseconds. */
    private static final Duration WHILE_STARTING = Duration.ofMillis(50);

    /** A former owner's engine ends within this; another reader of the slot may stay without limit. */
    private static final Duration STARTS_SOON = Duration.ofSeconds(10);

    private final Ownership ownership;
    private final SlotGuard guard;
    private final SlotMemory memory;
    private final EngineProperties properties;
    private final EngineWatch watch;
    private final OutboxConsumer consumer;
    private final StatusBoard board;

    /** Owned by the owner thread, as are the fields below. */
    private final RestartPolicy restarts;

    private long startedNanos;
    private boolean warm;

    WalSupervisor(
            WalSettings settings,
            Ownership ownership,
            SlotGuard guard,
            SlotMemory memory,
            EngineProperties properties,
            EngineWatch watch,
            OutboxConsumer consumer,
            StatusBoard board) {
        super("walcast-supervisor", ShutdownOrder.INTAKE);
        this.ownership = ownership;
        this.guard = guard;
        this.memory = memory;
        this.properties = properties;
        this.watch = watch;
        this.consumer = consumer;
        this.board = board;
        this.restarts = new RestartPolicy(settings);
    }

    public WalStatus status() {
        return board.status();
    }

    /** The last doubt, which a sweep followed; empty if there was none since the process started. */
    public Optional<Doubt> lastDoubt() {
        return board.lastDoubt();
    }

    /** The number of doubts with this cause since the process started. */
    long doubts(Cause cause) {
        return board.doubts(cause);
    }

    /**
     * Notes a sweep of every unpublished row. The relay that owns the slot finds the note within seconds, and delivers
     * these rows from the table. Returns when that is noted; {@link #status()} shows its progress.
     *
     * @throws IllegalStateException if this relay can do nothing, so that no relay may ever find the note
     * @throws DataAccessException if PostgreSQL cannot be reached; then nothing is done
     */
    public void sweep() {
        State state = status().state();
        if (state == State.FAILED || state == State.STOPPED) {
            throw new IllegalStateException("This relay cannot sweep now: " + status().reason());
        }
        guard.expectSweep("a sweep was asked for");
        watch.compareSoon();
    }

    /**
     * Requests a new engine in place of the running one, also after {@link State#FAILED}. Returns at once.
     *
     * @throws IllegalStateException if the engine that runs is another relay's
     */
    public void restart() {
        if (status().state() == State.STANDBY) {
            throw new IllegalStateException("This relay is on standby: ask the relay that owns the slot");
        }
        watch.restart("a restart was asked for");
    }

    /**
     * Requests a new engine in place of the running one, unless rows wait for their delivery or mark. Returns at once.
     */
    public void deliversNothing(String why) {
        watch.notDelivering(why);
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
                if (!stopping()) {
                    ended(e);
                }
            }
        }
        board.enter(State.STOPPED, "stopped on purpose");
    }

    /** One life of an engine, from the check of the slot to its end. It always ends by an exception. */
    private void runEngine() throws SQLException, InterruptedException {
        board.starting("checking the slot");
        // Whether it succeeds or not, this start fulfils the requests for a restart.
        watch.forget();
        long begunNanos = System.nanoTime();
        while (!mayStart()) {
            endIfStopping();
            State state = status().state();
            if (state == State.STANDBY) {
                warmUp();
            }
            boolean soon = state == State.STARTING && System.nanoTime() - begunNanos < STARTS_SOON.toNanos();
            Thread.sleep((soon ? WHILE_STARTING : WHILE_STANDBY).toMillis());
        }
        // This start also fulfils the requests that came while another relay owned the slot.
        watch.forget();
        board.starting("starting the engine");
        Intake intake = consumer.open(ownership.missedDeliveries());
        ownership.deliversAgain();
        startedNanos = System.nanoTime();
        var notes = new AcknowledgementNotes(guard::compare, memory::note);
        try (var engine = WalEngine.start(properties, intake, notes)) {
            try {
                watch.watch(engine, intake, restarts.nextStallTimeout(), this::stopping, this::progressed);
            } catch (InterruptedException e) {
                watch.drain(engine);
                throw e;
            }
        }
    }

    private boolean mayStart() throws SQLException, InterruptedException {
        if (ownership.acquire()) {
            return guard.prepare(this::stopping) == SlotGuard.Outcome.READY;
        }
        if (ownership.isHeldByOwnStaleSession()) {
            board.enter(State.STARTING, "PostgreSQL has not noticed yet that this relay lost its connection");
        } else {
            board.enter(State.STANDBY, "another relay owns the slot");
        }
        return false;
    }

    /** The interrupt of a stop may have been lost: a library that waits may turn it into an exception of its own. */
    private void endIfStopping() throws InterruptedException {
        if (stopping()) {
            throw new InterruptedException();
        }
    }

    /** Loads classes once in the life of a standby: otherwise the first engine would load them while clients wait. */
    private void warmUp() {
        if (!warm) {
            try {
                WalEngine.load(properties);
                memory.find();
                memory.recall();
                warm = true;
            } catch (DataAccessException e) {
                LOG.debug("The standby could not warm up, and tries again", e);
            }
        }
    }

    private void progressed() {
        restarts.progressed(Duration.ofNanos(System.nanoTime() - startedNanos));
    }

    private void ended(Exception failure) {
        RestartPolicy.Next next = restarts.after(failure, ownership.isHeld() && ownership.othersWait());
        if (next.state() != State.FAILED) {
            LOG.warn("The engine will be restarted: {}", next.reason());
            LOG.debug("How the engine ended", failure);
        } else if (status().state() != State.FAILED) {
            LOG.error("The relay can do nothing: {}", next.reason());
        }
        if (next.replacesSlot()) {
            guard.replaceSlot("it cannot pass what was written while there was no publication");
        }
        if (next.releases()) {
            ownership.release();
        }
        if (next.state() == State.RESTARTING) {
            board.restarting(next.reason());
        } else {
            board.enter(next.state(), next.reason());
        }
        if (next.letsOthersTry()) {
            LOG.warn("Another relay waits for the slot, and may try");
            ownership.release();
        }
        pause(next.pause());
    }

    /** Ends early if a restart is asked for. */
    private void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (!stopping() && !watch.restartAsked() && System.nanoTime() < end) {
            try {
                Thread.sleep(Math.min(duration.toMillis(), WHILE_STANDBY.toMillis()));
            } catch (InterruptedException e) {
                // only stop() interrupts: the loop sees that it is stopping
            }
        }
    }
}
