package io.walcast.relay.rooms;

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
 * The threads on which rooms read the tables: some for joins and others for pages, so that a long catch-up delays no
 * answer to a join.
 *
 * <p><b>Lifecycle.</b> From the application context's start to its end; threads start with the first task.
 * <b>Concurrency.</b> Thread-safe.
 */
@Component
class RoomThreads implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(RoomThreads.class);

    static final int JOIN_THREADS = 2;
    private static final int PAGE_THREADS = 4;

    private final Pool joins = new Pool("walcast-join", JOIN_THREADS);
    private final Pool pages = new Pool("walcast-resume", PAGE_THREADS);

    Tasks joins() {
        return joins;
    }

    Tasks pages() {
        return pages;
    }

    /** Repeats a task, which must not throw. */
    void every(Duration interval, Runnable task) {
        var unused = pages.threads.scheduleWithFixedDelay(
                task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void destroy() {
        joins.threads.shutdownNow();
        pages.threads.shutdownNow();
    }

    private static final class Pool implements Tasks {

        private final ScheduledExecutorService threads;

        Pool(String name, int size) {
            threads = Executors.newScheduledThreadPool(size, task -> new Thread(task, name));
        }

        @Override
        public void execute(Runnable task) {
            after(Duration.ZERO, task);
        }

        @Override
        public void after(Duration pause, Runnable task) {
            try {
                threads.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("Shutting down: clients resume elsewhere");
            }
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }
}
