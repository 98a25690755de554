package io.walcast.relay.ops.slots;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The growth of a slot, from its samples of the last half minute. For one thread.
 *
 * <p>A slot that moves holds the unconfirmed WAL, and the WAL since the last record that moves its restart position.
 * There is such a record every 15 s, so that part rises and falls and is no trend. The growth of a slot that moves is
 * the growth of its reader's lag, if that is more than the swing of its heartbeats. The growth of a slot that stands
 * still is all WAL that is written, counted from when it stopped, because the marks stop with it.
 */
final class SlotTrend {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    /** A rate needs at least this time. */
    private static final Duration SHORTEST = Duration.ofSeconds(4);

    /** Unconfirmed bytes that mean nothing. */
    private static final long SLACK = 32 * 1024;

    /** A reader whose lag grows by a smaller share of the written WAL counts as keeping up. */
    private static final double SWING = 0.1;

    private static final Duration CONFIRMED_STANDS_STILL = Duration.ofSeconds(5);
    private static final Duration RESTART_STANDS_STILL = Duration.ofSeconds(45);

    private record Point(long nanos, long current, long confirmed) {}

    private final Deque<Point> points = new ArrayDeque<>();
    private long confirmed = -1;
    private long restart = -1;
    private long confirmedMoved;
    private long restartMoved;

    /** Takes a sample into account; to be called in order of time. */
    void add(long nanos, long current, Slot slot) {
        if (slot.restart() == null || slot.confirmed() == null) {
            points.clear();
            return;
        }
        if (slot.confirmed() != confirmed || current - confirmed <= SLACK) {
            confirmed = slot.confirmed();
            confirmedMoved = nanos;
        }
        if (slot.restart() != restart || current - restart <= SLACK) {
            restart = slot.restart();
            restartMoved = nanos;
        }
        points.addLast(new Point(nanos, current, confirmed));
        while (nanos - points.getFirst().nanos() > WINDOW.toNanos()) {
            points.removeFirst();
        }
    }

    /** For how long the confirmed position has stood still although others wrote. */
    Duration still() {
        return points.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(points.getLast().nanos() - confirmedMoved);
    }

    /** For how long the restart position has stood still although others wrote; up to 20 s or so is as it should be. */
    Duration held() {
        return points.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(points.getLast().nanos() - restartMoved);
    }

    /** Bytes per second by which the slot comes to hold more; null while too little is known, never negative. */
    @Nullable
    Double growth() {
        if (still().compareTo(CONFIRMED_STANDS_STILL) > 0) {
            return written(confirmedMoved);
        }
        if (held().compareTo(RESTART_STANDS_STILL) > 0) {
            return written(restartMoved);
        }
        Point first = points.peekFirst();
        Point last = points.peekLast();
        if (first == null || last == null) {
            return null;
        }
        long written = last.current() - first.current();
        long fallenBehind = written - (last.confirmed() - first.confirmed());
        return rate(first, last, fallenBehind > SWING * written ? fallenBehind : 0);
    }

    /** The rate at which WAL was written since then, or since the oldest sample. */
    private @Nullable Double written(long sinceNanos) {
        Point last = points.getLast();
        for (Point point : points) {
            if (point.nanos() >= sinceNanos) {
                return rate(point, last, last.current() - point.current());
            }
        }
        return null;
    }

    private static @Nullable Double rate(Point from, Point to, long bytes) {
        long nanos = to.nanos() - from.nanos();
        return nanos < SHORTEST.toNanos() ? null : Math.max(0, bytes * 1e9 / nanos);
    }
}
