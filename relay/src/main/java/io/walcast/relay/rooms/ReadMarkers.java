package io.walcast.relay.rooms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far users have read, as it was delivered to one room and as the tables may not show it yet. It is told in addition to
 * what was read from the tables: the state with the higher seq counts for a client.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Not thread-safe: guarded by the room's monitor.
 */
final class ReadMarkers {

    /** Longer than a join may wait for its answer after its snapshot was taken. */
    static final Duration KEPT = Duration.ofSeconds(10);

    private record Delivered(RoomEvent event, long row, long nanoTime) {}

    private final Map<String, Delivered> latest = new HashMap<>();

    void delivered(String userId, RoomEvent event, long row, long nanoTime) {
        latest.put(userId, new Delivered(event, row, nanoTime));
    }

    /**
     * What a user is to be told: what the tables have shown, and what was delivered.
     *
     * @param ofAll whether of all members; else of the user alone
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

    /** The rows that may be forgotten once every snapshot shows them. */
    List<Long> unsettled(long nanoTime) {
        return latest.values().stream()
                .filter(delivered -> nanoTime - delivered.nanoTime() > KEPT.toNanos())
                .map(Delivered::row)
                .toList();
    }

    /** Every snapshot from now on shows these rows. */
    void settle(Set<Long> rows) {
        latest.values().removeIf(delivered -> rows.contains(delivered.row()));
    }

    boolean isEmpty() {
        return latest.isEmpty();
    }

    /** The history of the conversation is another one. */
    void forget() {
        latest.clear();
    }
}
