package io.walcast.acceptance;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that reads histories over REST, one after the other, while something is broken.
 *
 * <p><b>Lifecycle.</b> From {@link #start} to {@link #close()}. <b>Concurrency.</b> One thread reads, anyone may ask.
 */
public final class Readers implements AutoCloseable {

    private static final long PAUSE_MILLIS = 20;

    private record Read(long begunNanos, Duration took) {}

    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private int next;

    private Readers() {}

    /** Begins to read these conversations in turn. */
    public static Readers start(RestClient rest, List<UUID> conversations) {
        var readers = new Readers();
        readers.clock.scheduleWithFixedDelay(
                () -> readers.read(rest, conversations), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return readers;
    }

    /** How long reads took, ascending, of those that began in a time. */
    public List<Duration> took(long fromNanos, long toNanos) {
        return reads.stream()
                .filter(read -> read.begunNanos() >= fromNanos && read.begunNanos() < toNanos)
                .map(Read::took)
                .sorted()
                .toList();
    }

    /** Reads that were not answered 200. */
    public int failures() {
        return failures.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void read(RestClient rest, List<UUID> conversations) {
        UUID conversation = conversations.get(next++ % conversations.size());
        long begun = System.nanoTime();
        try {
            rest.get("/conversations/" + conversation + "/messages?limit=20");
            reads.add(new Read(begun, Duration.ofNanos(System.nanoTime() - begun)));
        } catch (IllegalStateException | UncheckedIOException e) {
            failures.incrementAndGet();
        }
    }
}
