package io.walcast.relay;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Work on a thread of its own for as long as the application context runs.
 *
 * <p>Stopping interrupts the thread and waits for its end: {@link #run()} returns soon after {@link #stopping()} turned
 * true, and takes an interrupt as a sign to look.
 */
public abstract class LifecycleThread implements SmartLifecycle {

    private final String name;
    private final int phase;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /** @param phase as for {@link SmartLifecycle}: a higher one starts later and stops earlier */
    protected LifecycleThread(String name, int phase) {
        this.name = name;
        this.phase = phase;
    }

    /** The work. */
    protected abstract void run();

    protected final boolean stopping() {
        return stopping;
    }

    @Override
    public final synchronized void start() {
        stopping = false;
        var started = new Thread(this::run, name);
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
}
