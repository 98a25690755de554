package io.walcast.relay.delivery;

import io.walcast.relay.events.RoomEvents;
import io.walcast.relay.events.Topics;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Delivers to the rooms of this process, at once. */
@Component
@ConditionalOnProperty(name = "walcast.relay.sink", havingValue = "rooms", matchIfMissing = true)
class RoomSink implements Sink {

    private final RoomEvents events;

    RoomSink(RoomEvents events) {
        this.events = events;
    }

    @Override
    public void open() {
        // The rooms are always there.
    }

    @Override
    public boolean deliver(OutboxRow row, Outcome outcome) {
        events.deliver(row.id(), row.topic(), row.eventKey(), row.payload());
        return true;
    }

    @Override
    public void gaveUp(OutboxRow row) {
        if (Topics.closesRoomIfParked(row.topic(), row.eventKey())) {
            events.closeRoom(row.id(), row.eventKey());
        }
    }

    @Override
    public void othersDelivered() {
        events.readOn();
    }

    @Override
    public @Nullable HaltedException failure() {
        return null;
    }
}
