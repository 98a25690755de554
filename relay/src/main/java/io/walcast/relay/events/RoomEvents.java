package io.walcast.relay.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.feed.Feeds;
import io.walcast.relay.rooms.Rooms;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Delivers outbox rows to the rooms and feeds of this process. Thread-safe; rows of one conversation must come in
 * order.
 */
@Component
public final class RoomEvents {

    private final Rooms rooms;
    private final Feeds feeds;
    private final UnknownTopics unknownTopics;
    private final EventCatalogue catalogue;
    private final Map<EventKind, Counter> counters = new HashMap<>();

    RoomEvents(Rooms rooms, Feeds feeds, EventCatalogue catalogue, UnknownTopics unknownTopics, MeterRegistry meters) {
        this.catalogue = catalogue;
        this.rooms = rooms;
        this.feeds = feeds;
        this.unknownTopics = unknownTopics;
        for (EventKind kind : catalogue.all()) {
            counters.put(
                    kind,
                    Counter.builder("walcast.rooms.events")
                            .tag("kind", kind.tag())
                            .description("Events that were delivered to rooms, by kind")
                            .register(meters));
        }
    }

    /**
     * Delivers one row. A row of an unknown topic counts as delivered.
     *
     * @throws UndeliverableException if it can never be delivered as it is
     */
    public void deliver(long outboxId, String topic, String eventKey, String payload) {
        EventKind kind = catalogue.of(topic);
        if (kind == null) {
            unknownTopics.passedOver(topic, outboxId);
        } else {
            EventKind.Event event = kind.decode(eventKey, payload);
            event.effect().on(rooms, outboxId);
            Objects.requireNonNull(counters.get(kind)).increment();
            if (kind.isForFeeds(event)) {
                feeds.delivered(kind.feedSubject(), eventKey, payload);
            }
        }
    }

    /** Handles a row that will not be delivered, as its topic requires. */
    public void lost(long outboxId, String topic, String eventKey) {
        switch (catalogue.loss(topic, eventKey)) {
            case ROOM -> closeRoom(outboxId, eventKey);
            case TABLE -> readTable(outboxId, eventKey);
            case NOTHING -> {
                return;
            }
        }
        EventKind kind = catalogue.of(topic);
        if (kind != null) {
            feeds.lost(kind.feedSubject(), EventKind.room(eventKey));
        }
    }

    /** Makes everyone in the room read the table up to a row that will not be delivered. */
    public void readTable(long outboxId, String eventKey) {
        UUID conversationId = EventKind.room(eventKey);
        rooms.readTable(conversationId, 0, 0, outboxId);
        feeds.doubt(conversationId);
    }

    /** Removes everyone from the room; their clients join again and are then checked again. */
    public void closeRoom(long outboxId, String eventKey) {
        UUID conversationId = EventKind.room(eventKey);
        rooms.close(conversationId, outboxId);
        feeds.doubt(conversationId);
    }

    /**
     * Removes everyone from every room and ends all feeds: the clients have data of another history. They get that
     * answer when they join or open their feeds again.
     */
    public void closeAllRooms() {
        rooms.closeAll();
        feeds.closeAll();
    }

    /**
     * Makes every subscription and feed read the tables again: rows were delivered elsewhere that will not come here.
     */
    public void resyncFromTable() {
        rooms.resyncFromTable();
        feeds.resyncFromTable();
    }
}
