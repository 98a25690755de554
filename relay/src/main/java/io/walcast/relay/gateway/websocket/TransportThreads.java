package io.walcast.relay.gateway.websocket;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Who writes, and the few threads that all connections share. None of them waits for a client, but for those of {@link
 * #block}. Thread-safe; after {@link #close} tasks are dropped.
 */
final class TransportThreads implements AutoCloseable {

    /** What a thread may write itself in a while. To more clients than that, the writers are the quicker ones. */
    private static final int OWN_WRITES = 8;

    private static final long WHILE_NANOS = 500_000;

    private static final int CLOSERS = 2;

    /** Calls of the container that may block at a time; more wait for one of them to end. */
    private static final int BLOCKED = 64;

    private static final long KEPT_SECONDS = 10;
    private static final long SAMPLE_MILLIS = 50;

    private final ThreadLocal<Share> shares = ThreadLocal.withInitial(Share::new);
    private final ThreadPoolExecutor writers;
    private final ScheduledThreadPoolExecutor closers;
    private final ThreadPoolExecutor blocked;
    private final long closeTimeoutMillis;
    private final WriteSampler sampler = new WriteSampler();

    TransportThreads(TransportSettings settings) {
        int size = settings.writers();
        // Unbounded, and still bounded: no connection has more than two tasks waiting here.
        this.writers = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("websocket-writer-"));
        this.closers = new ScheduledThreadPoolExecutor(CLOSERS, daemons("websocket-closer-"));
        this.blocked = new ThreadPoolExecutor(
                BLOCKED,
                BLOCKED,
                KEPT_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                daemons("websocket-blocked-"));
        this.blocked.allowCoreThreadTimeOut(true);
        // Started now: later it would be on the web application's threads, and with its class loader.
        this.writers.prestartAllCoreThreads();
        this.closers.prestartAllCoreThreads();
        this.closeTimeoutMillis = settings.closeTimeout().toMillis();
        this.closers.scheduleAtFixedRate(sampler::makeDue, SAMPLE_MILLIS, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Times a few writes of all connections. */
    WriteSampler sampler() {
        return sampler;
    }

    /**
     * Starts a write where that is best. A hand-over to a writer costs more time than a write; but who sends to a whole
     * room would write for milliseconds, and nothing collects on a connection that is written to at once. So a thread
     * writes a few times itself and leaves the rest to the writers: while they are busy more frames collect for each
     * connection, which leave in one write. Nor does a thread write that was interrupted: a channel would be closed for it.
     */
    void write(Runnable task) {
        if (!Thread.currentThread().isInterrupted() && shares.get().take()) {
            task.run();
        } else {
            handOver(task);
        }
    }

    /** For a writer, when it can. */
    void handOver(Runnable task) {
        submit(() -> writers.execute(task));
    }

    /** For a thread that holds no lock. */
    void close(Runnable task) {
        submit(() -> closers.execute(task));
    }

    /** For a thread that may wait for a client. It exists only for as long as there is something for it to do. */
    void block(Runnable task) {
        submit(() -> blocked.execute(task));
    }

    void closeLater(Runnable task) {
        submit(() -> closers.schedule(task, closeTimeoutMillis, TimeUnit.MILLISECONDS));
    }

    void repeat(Runnable task, long pauseMillis) {
        submit(() -> closers.scheduleWithFixedDelay(task, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        writers.shutdownNow();
        closers.shutdownNow();
        blocked.shutdownNow();
    }

    private void submit(Runnable submission) {
        try {
            submission.run();
        } catch (RejectedExecutionException e) {
            if (!writers.isShutdown()) {
                throw e;
            }
        }
    }

    private static ThreadFactory daemons(String prefix) {
        var factory = new CustomizableThreadFactory(prefix);
        factory.setDaemon(true);
        return factory;
    }

    /** What one thread has written itself. */
    private static final class Share {

        private long since = System.nanoTime();
        private int taken;

        boolean take() {
            if (taken < OWN_WRITES) {
                taken++;
                return true;
            }
            long now = System.nanoTime();
            if (now - since < WHILE_NANOS) {
                return false;
            }
            since = now;
            taken = 1;
            return true;
        }
    }
}
