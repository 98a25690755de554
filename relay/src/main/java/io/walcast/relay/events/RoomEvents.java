package io.walcast.relay.events;

import io.walcast.relay.rooms.Rooms;
import org.springframework.stereotype.Component;

/** Brings rows to the rooms of this process. Thread-safe; rows of one conversation are to come in order. */
@Component
public final class RoomEvents {

    private final Rooms rooms;
    private final UnknownTopics unknownTopics;

    RoomEvents(Rooms rooms, UnknownTopics unknownTopics) {
        this.rooms = rooms;
        this.unknownTopics = unknownTopics;
    }

    /**
     * Delivers one row. A row of an unknown topic counts as delivered.
     *
     * @throws UndeliverableException if it can never be delivered as it is
     */
    public void deliver(long outboxId, String topic, String eventKey, String payload) {
        EventKind kind = EventKind.of(topic);
        if (kind == null) {
            unknownTopics.passedOver(topic, outboxId);
        } else {
            kind.decode(eventKey, payload).effect().on(rooms, outboxId);
        }
    }

    /** Puts everyone out of the room; their clients join again and are then checked again. */
    public void closeRoom(long outboxId, String eventKey) {
        rooms.close(EventKind.room(eventKey), outboxId);
    }

    /** Puts everyone out of every room: what their clients have is of another history, as they learn when they join again. */
    public void closeAllRooms() {
        rooms.closeAll();
    }

    /** Has every subscription read the table again: rows were delivered elsewhere that will not come here. */
    public void resyncFromTable() {
        rooms.resyncFromTable();
    }
}
