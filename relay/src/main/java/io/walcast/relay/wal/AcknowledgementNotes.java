package io.walcast.relay.wal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/**
 * Writes down how far the slot is about to be moved. One instance serves one life of an engine.
 *
 * <p>The first note of a life waits for a comparison of the slot that the engine holds: what somebody else did to it
 * before that must not be noted as the relay's own doing.
 *
 * <p><b>Lifecycle.</b> Until {@link #close()}, which waits for nothing. <b>Concurrency.</b> For the engine's polling thread.
 * Notes are written on a thread of their own: a statement on a connection that the network swallowed lasts for its
 * socketTimeout, and an engine whose polling thread waits so long cannot end in order.
 */
final class AcknowledgementNotes implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final long NOTHING = -1;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        var notes = new Thread(task, "walcast-engine-notes");
        notes.setDaemon(true);
        return notes;
    });
    private final Runnable comparison;
    private final LongConsumer note;

    /** The position of the newest note. */
    private Future<Long> newest = CompletableFuture.completedFuture(NOTHING);

    /** Of the notes' thread. */
    private boolean compared;

    /**
     * @param comparison throws if the slot may not bring every row
     * @param note writes a position down
     */
    AcknowledgementNotes(Runnable comparison, LongConsumer note) {
        this.comparison = comparison;
        this.note = note;
    }

    /**
     * Has it noted that the slot is about to be acknowledged up to there.
     *
     * @param lsn the position, in bytes from the beginning of the WAL; everything before it is settled
     * @return whether that is noted; if not yet, it has to be asked again for the same position
     * @throws RuntimeException if the engine has to end instead
     */
    boolean isNoted(long lsn) throws InterruptedException {
        try {
            if (await(newest) < lsn) {
                newest = thread.submit(() -> write(lsn));
            }
            return await(newest) >= lsn;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static long await(Future<Long> note) throws InterruptedException, ExecutionException, TimeoutException {
        return note.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private long write(long lsn) {
        if (!compared) {
            comparison.run();
            compared = true;
        }
        note.accept(lsn);
        return lsn;
    }
}
