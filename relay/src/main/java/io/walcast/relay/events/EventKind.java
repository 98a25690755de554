package io.walcast.relay.events;

import io.walcast.relay.feed.FeedSubject;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A kind of event: an outbox topic with its name on the wire, the checks of its rows, their effect on the room, and the
 * consequence of a lost row. Immutable.
 */
public sealed interface EventKind permits ChatEvent, OwnEvent {

    /** The id of a conversation, which is the key of its outbox rows. */
    Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /**
     * One event, decoded and checked, that has not yet reached the room.
     *
     * @param pos its place in the log; 0 if it names none
     * @param seq of the message that it creates; 0 if it creates none
     */
    record Event(long pos, long seq, Effect effect) {}

    /** The effect of an event on the rooms. */
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

    /** The consequence of a row that cannot be delivered. */
    enum Loss {
        /** Clients miss the event, and nothing replaces it. */
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

    /** The meaning of its rows for feeds. */
    FeedSubject feedSubject();

    /** Its name in metrics. */
    String tag();

    /** Whether feeds get this event. */
    default boolean isForFeeds(Event event) {
        return true;
    }

    /** Whether a payload has content that an edit, a deletion or an erasure removes from the table. */
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

    /** @throws UndeliverableException if the key is not the id of a conversation */
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
