package io.walcast.relay.ops.slots;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The WAL that each slot held recently, for plots. Thread-safe; of bounded size. */
public final class SlotHistory {

    private static final int POINTS = 900;

    /**
     * One slot at one moment.
     *
     * @param at seconds since 1970
     */
    public record Point(long at, long unconfirmedBytes, long retainedBytes) {}

    private final Map<String, Deque<Point>> points = new LinkedHashMap<>();

    synchronized void add(Sample sample) {
        for (SlotReport report : sample.slots()) {
            Deque<Point> known = points.computeIfAbsent(report.slot().name(), name -> new ArrayDeque<>());
            known.addLast(new Point(sample.at().getEpochSecond(), report.unconfirmedBytes(), report.retainedBytes()));
            if (known.size() > POINTS) {
                known.removeFirst();
            }
        }
        points.keySet()
                .retainAll(sample.slots().stream()
                        .map(report -> report.slot().name())
                        .toList());
    }

    /** The last points of each existing slot, by its name, the oldest first. */
    public synchronized Map<String, List<Point>> points() {
        Map<String, List<Point>> copy = new LinkedHashMap<>();
        points.forEach((slot, known) -> copy.put(slot, new ArrayList<>(known)));
        return copy;
    }
}
