package io.walcast.relay.gateway.transport;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The few threads that all connections share. Writers start writes and never wait. The pinger and the closers may wait a
 * moment for a client that does not read, which is why they are others. Thread-safe; after {@link #close} tasks are
 * dropped, the container closes what is left.
 */
final class TransportThreads implements AutoCloseable {

    private static final int CLOSERS = 2;
    private static final long SAMPLE_MILLIS = 50;

    private final ThreadPoolExecutor writers;
    private final ThreadPoolExecutor pinger;
    private final ScheduledThreadPoolExecutor closers;
    private final long closeTimeoutMillis;
    private final WriteSampler sampler = new WriteSampler();

    TransportThreads(TransportSettings settings) {
        int size = settings.writers();
        // Unbounded, and still bounded: no connection has more than one task for writing waiting here.
        this.writers = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("websocket-writer-"));
        this.pinger = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("websocket-pinger-"));
        this.closers = new ScheduledThreadPoolExecutor(CLOSERS, daemons("websocket-closer-"));
        // Started now: later it would be on the web application's threads, and with its class loader.
        this.writers.prestartAllCoreThreads();
        this.pinger.prestartAllCoreThreads();
        this.closers.prestartAllCoreThreads();
        this.closeTimeoutMillis = settings.closeTimeout().toMillis();
        this.closers.scheduleAtFixedRate(sampler::makeDue, SAMPLE_MILLIS, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Times a few writes of all connections. */
    WriteSampler sampler() {
        return sampler;
    }

    void write(Runnable task) {
        submit(() -> writers.execute(task));
    }

    void ping(Runnable task) {
        submit(() -> pinger.execute(task));
    }

    void close(Runnable task) {
        submit(() -> closers.execute(task));
    }

    void closeLater(Runnable task) {
        submit(() -> closers.schedule(task, closeTimeoutMillis, TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        writers.shutdownNow();
        pinger.shutdownNow();
        closers.shutdownNow();
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
}
