package io.walcast.relay.rooms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The read markers of users that were delivered to one room and that the tables may not show yet. They are sent in
 * addition to those from the tables: for a client the one with the higher seq counts.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Not thread-safe: guarded by the room's monitor.
 */
final class ReadMarkers {

    /** Longer than the time from the snapshot of a join to its answer. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private record Delivered(RoomEvent event, long row, long nanoTime) {}

    private final Map<String, Delivered> latest = new HashMap<>();

    void delivered(String userId, RoomEvent event, long row, long nanoTime) {
        latest.put(userId, new Delivered(event, row, nanoTime));
    }

    /**
     * The markers to send to a user: those from the tables, and those that were delivered.
     *
     * @param ofAll whether those of all members; else the user's own only
     */
    List<RoomEvent> with(List<RoomEvent> shown, String userId, boolean ofAll) {
        List<RoomEvent> all = new ArrayList<>(shown);
        latest.forEach((reader, delivered) -> {
            boolean concerns = ofAll || reader.equals(userId);
            if (concerns && shown.stream().noneMatch(delivered.event()::saysTheSameAs)) {
                all.add(delivered.event());
            }
        });
        return all;
    }

    /** The rows that may be dropped once every snapshot shows them. */
    List<Long> unsettled(long nanoTime) {
        return latest.values().stream()
                .filter(delivered -> nanoTime - delivered.nanoTime() > KEPT.toNanos())
                .map(Delivered::row)
                .toList();
    }

    /** Drops these rows: every snapshot from now on shows them. */
    void settle(Set<Long> rows) {
        latest.values().removeIf(delivered -> rows.contains(delivered.row()));
    }

    boolean isEmpty() {
        return latest.isEmpty();
    }

    /** Drops everything: the conversation has another history. */
    void forget() {
        latest.clear();
    }
}
