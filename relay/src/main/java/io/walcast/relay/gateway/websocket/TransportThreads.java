package io.walcast.relay.gateway.websocket;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The few threads that all connections share, and the choice of the thread that writes. None of them waits for a
 * client, except those of {@link #block}. Thread-safe; after {@link #close} tasks are dropped.
 */
final class TransportThreads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TransportThreads.class);

    /** Writes that a thread may do itself within a short time. For more clients, the writers are faster. */
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
        // The queue needs no bound: no connection has more than two tasks in it.
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
        // Started now: later, a thread of the web application would start them, with its class loader.
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
     * Starts a write on the caller's thread or on a writer. A hand-over to a writer costs more time than a write. But a
     * broadcast to a whole room would write for milliseconds, and frames do not collect on a connection that is written
     * to at once. So a thread does a few writes itself and leaves the rest to the writers: while they are busy, more
     * frames collect for each connection, and leave in one write. An interrupted thread does not write, because the
     * interrupt would close the channel.
     */
    void write(Runnable task) {
        if (!Thread.currentThread().isInterrupted() && shares.get().take()) {
            task.run();
        } else {
            handOver(task);
        }
    }

    /** Queues the task for a writer. */
    void handOver(Runnable task) {
        submit(() -> writers.execute(task));
    }

    /** Runs the task on a thread that holds no lock. */
    void close(Runnable task) {
        submit(() -> closers.execute(task));
    }

    /** Runs the task on a thread that may wait for a client. Such a thread exists only while it has a task. */
    void block(Runnable task) {
        submit(() -> blocked.execute(task));
    }

    void closeLater(Runnable task) {
        submit(() -> closers.schedule(task, closeTimeoutMillis, TimeUnit.MILLISECONDS));
    }

    /** Repeats a task. One that fails is logged, and repeated all the same. */
    void repeat(Runnable task, long pauseMillis) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A repeated task of the connections failed", e);
            }
        };
        submit(() -> closers.scheduleWithFixedDelay(guarded, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS));
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

    /** The writes that one thread has done itself. */
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
