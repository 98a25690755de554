package io.walcast.relay.wal;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.walcast.relay.wal.OutboxConsumer.Intake;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Properties;
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
 * One life of the Debezium engine: started, watched, closed, never reused.
 *
 * <p>Rows go to the intake as they come. Each keeps its place, heartbeats too, in a queue of positions; the head is
 * acknowledged once it is settled, on the engine's thread, when the next record or heartbeat comes.
 */
final class WalEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalEngine.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** A place in the WAL that may be acknowledged once everything up to it is settled. */
    private record Position(ChangeEvent<SourceRecord, SourceRecord> event, Settlement settlement) {}

    /** What the engine waits for, and since when. */
    private record Waiting(Settlement settlement, long sinceNanos) {

        static final Waiting FOR_NOTHING = new Waiting(Settlement.DONE, 0);

        Duration time() {
            return settlement.settled() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - sinceNanos);
        }
    }

    private final Intake intake;
    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    private final Thread thread;

    /** Touched by the engine's polling thread only. */
    private final Queue<Position> unacknowledged = new ArrayDeque<>();

    private volatile Waiting taking = Waiting.FOR_NOTHING;
    private volatile Waiting oldest = Waiting.FOR_NOTHING;
    private volatile long readUpTo;

    private WalEngine(Properties properties, Intake intake) {
        this.intake = intake;
        this.engine = DebeziumEngine.create(Connect.class)
                .using(properties)
                .using((success, message, error) -> end.complete(success ? null : cause(message, error)))
                .notifying(this::handle)
                .build();
        this.thread = new Thread(this::run, "walcast-engine");
    }

    /** Builds an engine and starts it; how it ends shows in {@link #awaitEnd}. */
    static WalEngine start(Properties properties, Intake intake) {
        var engine = new WalEngine(properties, intake);
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

    @Override
    public void close() {
        // Closed first: a row that is still on its way is refused, and read again by the next engine.
        intake.close();
        // Closing waits for the engine's own connections, which the network may have swallowed: it can be left behind.
        var closing = new Thread(this::closeEngine, "walcast-engine-close");
        closing.setDaemon(true);
        closing.start();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("The engine did not end within {}; it is abandoned", CLOSE_TIMEOUT);
            closing.interrupt();
            thread.interrupt();
        }
    }

    private void closeEngine() {
        long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        try {
            do {
                try {
                    engine.close();
                } catch (IllegalStateException e) {
                    LOG.debug("The engine cannot be closed yet: {}", e.getMessage());
                }
            } while (!awaitEnd(Duration.ofMillis(50)) && System.nanoTime() < deadline);
        } catch (IOException e) {
            LOG.warn("The engine did not close cleanly", e);
        } catch (InterruptedException e) {
            LOG.debug("The engine is abandoned while it closes");
        }
    }

    private void run() {
        try {
            engine.run();
        } finally {
            end.complete(null);
        }
    }

    private void handle(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        for (var event : events) {
            OutboxRow row = OutboxRecords.read(event.value());
            unacknowledged.add(new Position(event, row == null ? Settlement.DONE : take(row)));
            readUpTo = Math.max(readUpTo, OutboxRecords.lsn(event.value()));
        }
        acknowledge(committer);
    }

    private Settlement take(OutboxRow row) throws InterruptedException {
        taking = new Waiting(() -> false, System.nanoTime());
        try {
            return intake.take(row);
        } finally {
            taking = Waiting.FOR_NOTHING;
        }
    }

    private void acknowledge(RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        Position last = null;
        Position head = unacknowledged.peek();
        while (head != null && head.settlement().settled()) {
            last = unacknowledged.remove();
            head = unacknowledged.peek();
        }
        Settlement first = head == null ? Settlement.DONE : head.settlement();
        if (first != oldest.settlement()) {
            oldest = new Waiting(first, System.nanoTime());
        }
        if (last != null) {
            committer.markProcessed(last.event());
            committer.markBatchFinished();
        }
    }

    private static Throwable cause(@Nullable String message, @Nullable Throwable error) {
        return error != null ? error : new IllegalStateException("the engine ended: " + message);
    }
}
