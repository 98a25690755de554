package io.walcast.relay.wal;

import io.debezium.connector.common.BaseSourceTask;
import io.debezium.connector.common.DebeziumTaskState;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of Debezium's PostgreSQL connector: started, watched, closed, never reused.
 *
 * <p>Rows go to the intake as they come. Each keeps its place, heartbeats too, in a queue of positions; what is settled
 * at its head is acknowledged, on the clock.
 *
 * <p><b>Lifecycle.</b> From {@link #start} to {@link #close()}. <b>Concurrency.</b> One thread of its own does everything
 * that concerns the connector; the public methods are for the supervisor. <b>Error policy.</b> The first error ends it.
 */
final class WalEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalEngine.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT_OF_FORMER_OWNER = Duration.ofMillis(500);

    /** What the connector needs to end once its connections are gone. */
    private static final Duration CUT_OFF_TIMEOUT = Duration.ofSeconds(1);

    /** An acknowledgement takes as long as the look for something in the WAL that goes on meanwhile. */
    private static final long ACKNOWLEDGE_EVERY_NANOS = Duration.ofMillis(500).toNanos();

    /** A place in the WAL that may be acknowledged once everything up to it is settled. */
    private record Position(SourceRecord record, Settlement settlement) {}

    /** What the engine waits for, and since when. */
    private record Waiting(Settlement settlement, long sinceNanos) {

        static final Waiting FOR_NOTHING = new Waiting(Settlement.DONE, 0);

        Duration time() {
            return settlement.settled() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - sinceNanos);
        }
    }

    private final Map<String, String> properties;
    private final AcknowledgedOffset acknowledged;
    private final WalWait wait;
    private final Intake intake;
    private final BaseSourceTask<?, ?> connector = new PostgresConnectorTask();
    private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "walcast-engine");

    /** Touched by the engine's thread only, as are the two that follow. */
    private final Queue<Position> unacknowledged = new ArrayDeque<>();

    private boolean acknowledging;
    private long acknowledgedNanos = System.nanoTime();

    private volatile boolean closed;
    private volatile Duration closeTimeout = CLOSE_TIMEOUT;
    private volatile Waiting taking = Waiting.FOR_NOTHING;
    private volatile Waiting oldest = Waiting.FOR_NOTHING;
    private volatile long readUpTo;

    private WalEngine(Map<String, String> properties, WalWait wait, Intake intake) {
        this.properties = properties;
        this.acknowledged = new AcknowledgedOffset(properties);
        this.wait = wait;
        this.intake = intake;
        this.thread.setDaemon(true);
    }

    /** Starts an engine; how it ends shows in {@link #awaitEnd}. */
    static WalEngine start(EngineProperties properties, Intake intake) {
        var wait = WalWait.open(properties.look());
        var engine = new WalEngine(properties.create(wait), wait, intake);
        engine.thread.start();
        return engine;
    }

    /**
     * Waits for the engine's end.
     *
     * @return whether it has ended
     */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        try {
            end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of an engine never completes exceptionally", e);
        }
    }

    /** Whether rows that the engine has read are not settled: then it rests on purpose, or is about to. */
    boolean waitsOnPurpose() {
        return !taking.settlement().settled() || !oldest.settlement().settled();
    }

    /** For how long one and the same row has kept the engine waiting; zero if none does. */
    Duration waiting() {
        Duration taken = taking.time();
        return taken.isZero() ? oldest.time() : taken;
    }

    /** The position of the newest record that was handled, in bytes from the beginning of the WAL. */
    long readUpTo() {
        return readUpTo;
    }

    /** Why the engine ended; null while it runs and when it was closed. */
    @Nullable
    Throwable failure() {
        return end.getNow(null);
    }

    /** What is settled is no longer this engine's to acknowledge, so that {@link #close()} need not wait for it. */
    void disown() {
        closeTimeout = CLOSE_TIMEOUT_OF_FORMER_OWNER;
    }

    /** Ends it, when what is settled is acknowledged; one that the network has swallowed is cut off from it first. */
    @Override
    public void close() {
        closed = true;
        // A row that is still on its way is refused, and read again by the next engine.
        intake.close();
        boolean ended = awaitThread(closeTimeout);
        wait.close();
        if (!ended && !awaitThread(CUT_OFF_TIMEOUT)) {
            LOG.warn("The engine did not end within {}; it is abandoned", closeTimeout.plus(CUT_OFF_TIMEOUT));
            thread.interrupt();
        }
    }

    private boolean awaitThread(Duration atMost) {
        try {
            thread.join(atMost.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        try {
            connector.initialize(acknowledged);
            connector.start(properties);
            if (connector.getTaskState() != DebeziumTaskState.RUNNING) {
                throw new IllegalStateException("the connector could not reach PostgreSQL");
            }
            while (!closed) {
                take(connector.poll());
                acknowledge();
            }
            end.complete(stop(null));
        } catch (InterruptedException | RuntimeException | Error e) {
            end.complete(stop(closed ? null : e));
        }
    }

    /** Stopping acknowledges what is settled by now. */
    private @Nullable Throwable stop(@Nullable Throwable failure) {
        wait.lookBriefly(true);
        try {
            connector.stop();
        } catch (RuntimeException e) {
            if (failure == null) {
                LOG.warn("The engine did not stop cleanly", e);
            } else {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }

    private void take(@Nullable List<SourceRecord> records) throws InterruptedException {
        if (records == null) {
            return;
        }
        for (SourceRecord record : records) {
            OutboxRow row = OutboxRecords.read(record);
            unacknowledged.add(new Position(record, row == null ? Settlement.DONE : take(row)));
            readUpTo = Math.max(readUpTo, OutboxRecords.lsn(record));
        }
    }

    private Settlement take(OutboxRow row) throws InterruptedException {
        taking = new Waiting(() -> false, System.nanoTime());
        try {
            return intake.take(row);
        } finally {
            taking = Waiting.FOR_NOTHING;
        }
    }

    private void acknowledge() {
        SourceRecord last = null;
        Position head = unacknowledged.peek();
        while (head != null && head.settlement().settled()) {
            last = unacknowledged.remove().record();
            head = unacknowledged.peek();
        }
        Settlement first = head == null ? Settlement.DONE : head.settlement();
        if (first != oldest.settlement()) {
            oldest = new Waiting(first, System.nanoTime());
        }
        if (last != null) {
            acknowledged.moveTo(last);
            acknowledging = true;
        }
        long now = System.nanoTime();
        if (acknowledging && now - acknowledgedNanos >= ACKNOWLEDGE_EVERY_NANOS) {
            acknowledging = false;
            acknowledgedNanos = now;
            // It gets the driver's lock when the look that goes on has found something, or nothing for long enough.
            wait.lookBriefly(true);
            try {
                connector.performCommit();
            } finally {
                wait.lookBriefly(false);
            }
        }
    }
}
