package io.walcast.relay.feed;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The threads on which feeds read the tables: few, so that a crowd that opens its feeds leaves connections of the pool to
 * joins.
 *
 * <p><b>Lifecycle.</b> From the application context's start to its end; threads start with the first task.
 * <b>Concurrency.</b> Thread-safe.
 */
@Component
class FeedThreads implements Tasks, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(FeedThreads.class);

    private static final int THREADS = 2;

    private final ScheduledExecutorService threads =
            Executors.newScheduledThreadPool(THREADS, task -> new Thread(task, "walcast-feed"));

    @Override
    public void execute(Runnable task) {
        after(Duration.ZERO, task);
    }

    @Override
    public void after(Duration pause, Runnable task) {
        try {
            threads.schedule(() -> run(task), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Shutting down: clients open their feeds elsewhere");
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void destroy() {
        threads.shutdownNow();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task of the feeds failed", e);
        }
    }
}
