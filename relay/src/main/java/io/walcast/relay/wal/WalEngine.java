package io.walcast.relay.wal;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of Debezium's embedded engine: started, watched, closed, never reused.
 *
 * <p>Rows go to the intake as they come. The position of each record, heartbeats included, is kept for the
 * {@link Acknowledgements}.
 *
 * <p><b>Lifecycle.</b> From {@link #start} to {@link #close()}. <b>Concurrency.</b> {@link #handle} and
 * {@link #performCommit} run on the engine's polling thread, the only one that may acknowledge; the other methods are
 * for the supervisor. <b>Error policy.</b> The first error ends the engine.
 */
final class WalEngine implements EngineWatch.Engine, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalEngine.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT_OF_FORMER_OWNER = Duration.ofMillis(500);

    /** The time that the engine needs to end once its connections are closed. */
    private static final Duration CUT_OFF_TIMEOUT = Duration.ofSeconds(1);

    /**
     * An engine that is abandoned ends by itself when its last statement has been answered, or has failed by its
     * time-out. After this long it is interrupted.
     */
    private static final Duration ABANDONED_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration CLOSE_RETRY = Duration.ofMillis(20);

    /** The row that the intake is taking now, and since when. */
    private record Taking(boolean row, long sinceNanos) {

        static final Taking NOTHING = new Taking(false, 0);
    }

    private final WalWait wait;
    private final Intake intake;
    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "walcast-engine");
    private final Positions positions = new Positions();
    private final Acknowledgements acknowledgements;

    private volatile boolean closed;
    private volatile Duration closeTimeout = CLOSE_TIMEOUT;
    private volatile Taking taking = Taking.NOTHING;
    private volatile long readUpTo;

    private WalEngine(EngineProperties properties, WalWait wait, Intake intake, AcknowledgementListener listener) {
        this.wait = wait;
        this.intake = intake;
        this.acknowledgements = new Acknowledgements(positions, listener, properties.quietPause());
        this.engine = DebeziumEngine.create(Connect.class)
                .using(properties.create(wait))
                .using(WalEngine.class.getClassLoader())
                .using(this::performCommit)
                .using((success, message, error) -> end.complete(success ? null : failure(message, error)))
                .notifying(this::handle)
                .build();
        this.thread.setDaemon(true);
    }

    /**
     * Starts an engine; its end shows in {@link #awaitEnd}.
     *
     * @throws RuntimeException if Debezium refuses the properties
     */
    static WalEngine start(EngineProperties properties, Intake intake, AcknowledgementListener listener) {
        var wait = WalWait.open(properties.pollTimeout());
        try {
            var engine = new WalEngine(properties, wait, intake, listener);
            engine.thread.start();
            return engine;
        } catch (RuntimeException e) {
            wait.close();
            throw e;
        }
    }

    /**
     * Loads the classes of an engine, so that the first one starts sooner. It opens no connection: an engine refuses to
     * start without the name of a host.
     */
    static void load(EngineProperties properties) {
        try (var wait = WalWait.open(properties.pollTimeout())) {
            Properties incomplete = properties.create(wait);
            incomplete.remove("database.hostname");
            DebeziumEngine.create(Connect.class)
                    .using(incomplete)
                    .using(WalEngine.class.getClassLoader())
                    .using((success, message, error) -> LOG.debug("The classes of the engine are loaded: {}", message))
                    .notifying((events, committer) -> {})
                    .build()
                    .run();
        } catch (RuntimeException e) {
            LOG.debug("The classes of the engine are loaded", e);
        }
    }

    @Override
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        try {
            end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of an engine never completes exceptionally", e);
        }
    }

    @Override
    public boolean waitsOnPurpose() {
        return taking.row() || positions.hasUnsettled();
    }

    @Override
    public Duration waiting() {
        Taking now = taking;
        return now.row() ? Duration.ofNanos(System.nanoTime() - now.sinceNanos()) : positions.waiting();
    }

    @Override
    public long readUpTo() {
        return readUpTo;
    }

    @Override
    public @Nullable Throwable failure() {
        return end.getNow(null);
    }

    @Override
    public void acknowledgeAtOnce() {
        acknowledgements.atOnce();
    }

    /** Shortens the wait of {@link #close()}. */
    @Override
    public void disown() {
        closeTimeout = CLOSE_TIMEOUT_OF_FORMER_OWNER;
    }

    /**
     * Ends the engine. If it does not end in time, its connections are closed: the network may have cut them silently.
     */
    @Override
    public void close() {
        closed = true;
        // A row in progress is refused, and read again by the next engine.
        intake.close();
        var closing = new Thread(this::closeEngine, "walcast-engine-close");
        closing.setDaemon(true);
        closing.start();
        boolean ended = joined(thread, closeTimeout) && joined(closing, closeTimeout);
        wait.close();
        if (!ended && !(joined(thread, CUT_OFF_TIMEOUT) && joined(closing, CUT_OFF_TIMEOUT))) {
            // Not interrupted yet: an interrupt in the middle of its end would leave threads behind.
            LOG.warn(
                    "The engine did not end within {} ms; it is abandoned",
                    closeTimeout.plus(CUT_OFF_TIMEOUT).toMillis());
        }
    }

    private static boolean joined(Thread ending, Duration atMost) {
        try {
            ending.join(atMost.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !ending.isAlive();
    }

    /** The engine refuses to be closed while its task starts, and while it ends by itself. */
    private void closeEngine() {
        long deadline = System.nanoTime() + ABANDONED_TIMEOUT.toNanos();
        try {
            while (thread.isAlive()) {
                if (System.nanoTime() - deadline > 0) {
                    thread.interrupt();
                }
                try {
                    engine.close();
                } catch (IllegalStateException e) {
                    LOG.debug("The engine cannot be closed now: {}", e.getMessage());
                }
                thread.join(CLOSE_RETRY.toMillis());
            }
        } catch (IOException e) {
            LOG.warn("The engine did not close cleanly", e);
        } catch (InterruptedException e) {
            LOG.debug("The close of the engine was interrupted");
        }
    }

    private void run() {
        try {
            engine.run();
        } catch (RuntimeException | Error e) {
            // After two ends at a time, such as a failure while it is closed, the engine may not report its end.
            LOG.debug("The engine did not end in order", e);
            end.complete(closed ? null : e);
        } finally {
            end.complete(null);
        }
    }

    private void handle(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        wait.useShortPoll(false);
        for (var event : events) {
            SourceRecord record = event.value();
            OutboxRow row = OutboxRecords.read(record);
            if (row != null) {
                acknowledgements.rowCame();
            }
            positions.add(record.sourceOffset(), row == null ? Settlement.DONE : take(row));
            readUpTo = Math.max(readUpTo, OutboxRecords.lsn(record));
        }
        acknowledgements.acknowledge(events.get(events.size() - 1), committer, readUpTo);
    }

    private Settlement take(OutboxRow row) throws InterruptedException {
        taking = new Taking(true, System.nanoTime());
        try {
            return intake.take(row);
        } finally {
            taking = Taking.NOTHING;
        }
    }

    /**
     * The engine asks here whether to flush offsets: within {@link Acknowledgements}, and after every empty poll.
     *
     * <p>The next poll begins with the flush. It needs the driver's lock, which the reading thread holds while it waits
     * for WAL data. So that thread uses short polls until the engine asks again.
     */
    private boolean performCommit(long recordsSinceLast, Duration timeSinceLast) {
        boolean flushing = acknowledgements.isFlushing();
        wait.useShortPoll(flushing);
        return flushing;
    }

    private static Throwable failure(@Nullable String message, @Nullable Throwable error) {
        return error != null ? error : new IllegalStateException("the engine ended: " + message);
    }
}
