package io.walcast.relay.rooms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import java.util.Collection;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The meters of the rooms. Thread-safe. */
@Component
class RoomMeters {

    private static final Map<Class<? extends JoinResult>, String> RESULTS = Map.of(
            Joined.class, "joined",
            NotFound.class, "not_found",
            HistoryChanged.class, "history_changed",
            Unavailable.class, "unavailable",
            Superseded.class, "superseded");

    private final MeterRegistry meters;
    private final Counter resyncs;

    RoomMeters(MeterRegistry meters) {
        this.meters = meters;
        this.resyncs = Counter.builder("walcast.rooms.resyncs")
                .description("Clients that fell behind and are served from the table until they have caught up")
                .register(meters);
        // All results are registered at once: a rate needs a zero to start from.
        RESULTS.values().forEach(this::joins);
    }

    /** Registers a gauge of the rooms in this map. */
    void countRooms(Map<?, ?> rooms) {
        Gauge.builder("walcast.rooms", rooms, Map::size)
                .description("Conversations with a subscriber, or with an event or a join in the last minute")
                .register(meters);
    }

    /** Registers a gauge of the joins that wait for their answer. */
    void countJoinsWaiting(Collection<?> joins) {
        Gauge.builder("walcast.rooms.joins.waiting", joins, Collection::size)
                .description("Requests to join a room that wait for their answer")
                .register(meters);
    }

    void joined(JoinResult result) {
        joins(RESULTS.getOrDefault(result.getClass(), "other")).increment();
    }

    void resynced() {
        resyncs.increment();
    }

    private Counter joins(String result) {
        return Counter.builder("walcast.rooms.joins")
                .tag("result", result)
                .description("Requests to join a room, by result")
                .register(meters);
    }
}
