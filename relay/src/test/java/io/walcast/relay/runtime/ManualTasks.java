package io.walcast.relay.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** Tasks on the test's own thread, when the test says so, and a clock that only the test moves. */
public final class ManualTasks implements Tasks {

    private record Later(long dueNanos, long number, Runnable task) {}

    private final Queue<Runnable> now = new ArrayDeque<>();
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::dueNanos).thenComparingLong(Later::number));
    private long nanos = 1_000_000_000_000L;
    private long count;

    @Override
    public void execute(Runnable task) {
        now.add(task);
    }

    @Override
    public void after(Duration pause, Runnable task) {
        later.add(new Later(nanos + pause.toNanos(), count++, task));
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    /** Runs the next task that is due; returns whether there was one. */
    public boolean step() {
        Runnable task = now.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Runs everything that is due now. */
    public void run() {
        for (int steps = 0; step(); steps++) {
            if (steps > 100_000) {
                throw new AssertionError("tasks without an end");
            }
        }
    }

    /** Lets that much time pass, with what is due in it. */
    public void pass(Duration time) {
        long end = nanos + time.toNanos();
        run();
        while (!later.isEmpty() && later.peek().dueNanos() <= end) {
            Later next = later.remove();
            nanos = Math.max(nanos, next.dueNanos());
            next.task().run();
            run();
        }
        nanos = end;
    }

    /** Lets that much time pass in which nothing is done. */
    public void stall(Duration time) {
        nanos += time.toNanos();
    }

    public int scheduled() {
        return later.size();
    }
}
