package io.walcast.relay.runtime;

import org.springframework.context.SmartLifecycle;

/** An action that runs while the application context closes, in its phase. */
public final class ShutdownStep implements SmartLifecycle {

    private final int phase;
    private final Runnable action;
    private volatile boolean running;

    /** @param phase one of {@link ShutdownOrder} */
    public ShutdownStep(int phase, Runnable action) {
        this.phase = phase;
        this.action = action;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        action.run();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
