package io.walcast.relay.runtime;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small pool of threads of one name, for short tasks.
 *
 * <p><b>Lifecycle.</b> Threads start with the first task and end with {@link #close()}; a task that comes later is
 * dropped. <b>Concurrency.</b> Thread-safe. <b>Error policy.</b> A task that fails is logged, and affects no other
 * task.
 */
public final class TaskThreads implements Tasks, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskThreads.class);

    private final String name;
    private final ScheduledExecutorService threads;

    public TaskThreads(String name, int size) {
        this.name = name;
        this.threads = Executors.newScheduledThreadPool(size, task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        after(Duration.ZERO, task);
    }

    @Override
    public void after(Duration pause, Runnable task) {
        try {
            threads.schedule(() -> run(task), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Shutting down: a task of {} is dropped", name);
        }
    }

    /** Repeats a task, with a pause of {@code interval} between two runs. */
    public void every(Duration interval, Runnable task) {
        var unused = threads.scheduleWithFixedDelay(
                () -> run(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A task of {} failed", name, e);
        }
    }
}
