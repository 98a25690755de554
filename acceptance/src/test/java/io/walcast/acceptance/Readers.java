package io.walcast.acceptance;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Someone who reads histories over REST, one after the other, while something is broken.
 *
 * <p><b>Lifecycle.</b> From {@link #start} to {@link #close()}. <b>Concurrency.</b> One thread reads, anyone may ask.
 */
public final class Readers implements AutoCloseable {

    private static final long PAUSE_MILLIS = 20;

    private record Read(long begunNanos, Duration took) {}

    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Thread thread;

    private Readers(RestClient rest, List<UUID> conversations) {
        this.thread = new Thread(() -> run(rest, conversations), "reader");
        thread.setDaemon(true);
    }

    /** Begins to read these conversations in turn. */
    public static Readers start(RestClient rest, List<UUID> conversations) {
        var readers = new Readers(rest, conversations);
        readers.thread.start();
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
        thread.interrupt();
    }

    private void run(RestClient rest, List<UUID> conversations) {
        for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
            long begun = System.nanoTime();
            try {
                rest.get("/conversations/" + conversations.get(i % conversations.size()) + "/messages?limit=20");
                reads.add(new Read(begun, Duration.ofNanos(System.nanoTime() - begun)));
            } catch (IllegalStateException | UncheckedIOException e) {
                failures.incrementAndGet();
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
