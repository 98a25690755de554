package io.walcast.relay.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A component with a thread of its own, which runs as long as the application context.
 *
 * <p>A stop interrupts the thread and waits for its end. So {@link #run()} must return soon after {@link #stopping()}
 * has become true, and check that after each interrupt.
 *
 * <p>If {@code run()} throws an exception or an {@code Error}, the failure is logged, and it is called again after 100
 * ms, twice as long each time up to 5 s. Otherwise a process without one of its threads would look healthy and do
 * nothing. State that must survive such a failure is kept in fields, and not in variables of {@code run()}.
 */
public abstract class LifecycleThread implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LifecycleThread.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** After a run of this length the pauses begin with the first one again. */
    private static final Duration WELL = Duration.ofMinutes(1);

    private final String name;
    private final int phase;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /** @param phase as for {@link SmartLifecycle}: a higher one starts later and stops earlier */
    protected LifecycleThread(String name, int phase) {
        this.name = name;
        this.phase = phase;
    }

    /** The work. A normal return ends the thread. */
    protected abstract void run();

    protected final boolean stopping() {
        return stopping;
    }

    @Override
    public final synchronized void start() {
        stopping = false;
        var started = new Thread(this::runUntilDone, name);
        thread = started;
        started.start();
    }

    @Override
    public final synchronized void stop() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        stopping = true;
        running.interrupt();
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public final synchronized boolean isRunning() {
        return thread != null;
    }

    @Override
    public final int getPhase() {
        return phase;
    }

    private void runUntilDone() {
        var pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Throwable failure = null;
        do {
            long begun = System.nanoTime();
            try {
                if (failure != null) {
                    Duration pause = pauses.next();
                    pause(pause);
                    // After the pause, and inside of the try block: if memory is short, the log call may fail too.
                    LOG.error("Thread {} failed and is started again after {} ms", name, pause.toMillis(), failure);
                }
                run();
                return;
            } catch (RuntimeException | Error e) {
                failure = e;
                if (System.nanoTime() - begun > WELL.toNanos()) {
                    pauses.reset();
                }
            }
        } while (!stopping);
        LOG.warn("Thread {} failed while it was stopped", name, failure);
    }

    private void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            // the interrupt is that of stop(), or of the failed work: the work sees that it is stopping
        }
    }
}
