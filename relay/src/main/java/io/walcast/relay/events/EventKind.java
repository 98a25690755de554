package io.walcast.relay.events;

import io.walcast.relay.feed.FeedSubject;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A kind of event: an outbox topic that clients hear of, with its name on the wire, what a row of it must contain, what it
 * does to the room, and what its loss means. Immutable.
 */
public sealed interface EventKind permits ChatEvent, OwnEvent {

    /** A conversation's id, as an outbox row has it for its key. */
    Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /**
     * One event, decoded and checked, that has not yet reached the room.
     *
     * @param pos its place in the log; 0 if it names none
     * @param seq of the message that it creates; 0 if it creates none
     */
    record Event(long pos, long seq, Effect effect) {}

    /** What an event does. */
    interface Effect {
        void on(Rooms rooms, long outboxId);
    }

    /**
     * The numbers of an event.
     *
     * @param pos its place in the log; 0 if it names none
     * @param seq of the message that it creates; 0 if it creates none
     */
    record Numbers(long pos, long seq) {}

    /** What has to be done about a row that cannot be delivered. */
    enum Loss {
        /** Clients miss what nothing repeats to them. */
        NOTHING,
        /** The room reads the table up to the row. */
        TABLE,
        /** The room is closed. */
        ROOM
    }

    /** The topic of its outbox rows. */
    String topic();

    /** The name under which clients in the room get it; null if they do not. */
    @Nullable
    String wireName();

    Loss loss();

    /** What its rows tell feeds. */
    FeedSubject feedSubject();

    /** Its name among the metrics. */
    String tag();

    /** Whether feeds hear of this event. */
    default boolean isForFeeds(Event event) {
        return true;
    }

    /** Whether a payload contains what an edit, a deletion or an erasure takes out of the table. */
    boolean carriesContent(String payload);

    /** @throws UndeliverableException if the row can never be delivered as it is */
    Event decode(String eventKey, String payload);

    /**
     * Checks that a row of this kind can be delivered.
     *
     * @throws UndeliverableException if it can never be delivered as it is
     */
    default Numbers check(String eventKey, String payload) {
        Event event = decode(eventKey, payload);
        return new Numbers(event.pos(), event.seq());
    }

    /** @throws UndeliverableException if the key is no conversation's */
    static UUID room(String eventKey) {
        if (!UUIDS.matcher(eventKey).matches()) {
            throw new UndeliverableException("the event_key is no UUID");
        }
        return UUID.fromString(eventKey);
    }

    /** A row of the log whose content is in the table only. */
    static Event readTable(UUID room, long pos, long seq) {
        return new Event(pos, seq, (rooms, outboxId) -> rooms.readTable(room, pos, seq, outboxId));
    }

    /** An event for all in the room. */
    static Event broadcast(RoomEvent event) {
        return new Event(event.pos(), event.seq(), (rooms, outboxId) -> rooms.broadcast(event, outboxId));
    }
}
