package io.walcast.relay.runtime;

import java.time.Duration;

/** Threads that carry out small tasks, and their clock. A task that comes after the end of the threads is dropped. */
public interface Tasks {

    void execute(Runnable task);

    void after(Duration pause, Runnable task);

    /** The time of these threads, as {@link System#nanoTime()} counts it. */
    long nanoTime();
}
