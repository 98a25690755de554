package io.walcast.relay.runtime;

import java.time.Duration;

/** An executor of short tasks, with its clock. A task that comes after its end is dropped. */
public interface Tasks {

    void execute(Runnable task);

    void after(Duration pause, Runnable task);

    /** The time of the executor's clock, as {@link System#nanoTime()} counts it. */
    long nanoTime();
}
