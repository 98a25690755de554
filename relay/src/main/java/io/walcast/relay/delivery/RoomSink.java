package io.walcast.relay.delivery;

import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.events.RoomEvents;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Delivers rows to the rooms of this process, synchronously. */
@Component
@ConditionalOnTopology(Topology.ROOMS)
class RoomSink implements Sink {

    private final RoomEvents events;
    private final EventCatalogue catalogue;
    private final long longestPayload;

    RoomSink(RoomEvents events, EventCatalogue catalogue, DeliverySettings settings) {
        this.events = events;
        this.catalogue = catalogue;
        this.longestPayload = settings.maxPayload().toBytes();
    }

    @Override
    public void open() {
        // Rooms need no opening.
    }

    @Override
    public boolean deliver(OutboxRow row, Outcome outcome) {
        if (row.payload().length() > longestPayload && catalogue.of(row.topic()) != null) {
            throw new UndeliverableException("the payload has " + row.payload().length()
                    + " characters, and rooms take no more than " + longestPayload
                    + " (walcast.delivery.max-payload)");
        }
        events.deliver(row.id(), row.topic(), row.eventKey(), row.payload());
        return true;
    }

    @Override
    public boolean gaveUp(OutboxRow row, Outcome outcome) {
        events.lost(row.id(), row.topic(), row.eventKey());
        return true;
    }

    @Override
    public void othersDelivered() {
        events.resyncFromTable();
    }

    @Override
    public void historyChanged() {
        events.closeAllRooms();
    }

    @Override
    public @Nullable HaltedException failure() {
        return null;
    }
}
