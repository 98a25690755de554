package io.walcast.relay.events;

import io.walcast.relay.feed.FeedSubject;
import io.walcast.relay.rooms.RoomEvent;
import java.util.UUID;

/**
 * A kind of event of the application that embeds Walcast, whose topic the settings name.
 *
 * <p>A row that the schema's {@code append_event} wrote has a place in the log. Any other row is a notice: its payload
 * is sent to the room as it is, with {@code conversationId} added if it is missing, and is not replayed.
 */
record OwnEvent(String topic, String wireName) implements EventKind {

    @Override
    public Loss loss() {
        return Loss.TABLE;
    }

    @Override
    public FeedSubject feedSubject() {
        return FeedSubject.OTHER;
    }

    @Override
    public String tag() {
        return topic;
    }

    /** A notice may contain anything, and feeds must not take it for a message. */
    @Override
    public boolean isForFeeds(Event event) {
        return event.pos() > 0;
    }

    /**
     * A row of the log is distinguished from a notice without parsing it: {@code pos} and {@code from} are reserved in
     * notices.
     */
    @Override
    public boolean carriesContent(String payload) {
        return payload.contains("\"pos\"") && payload.contains("\"from\"");
    }

    @Override
    public Event decode(String eventKey, String payload) {
        UUID room = EventKind.room(eventKey);
        EventPayload read = EventPayload.parse(payload, eventKey);
        if (read.scrubbed()) {
            return new Event(read.pos(), 0, (rooms, outboxId) -> rooms.readTable(room, read.pos(), 0, outboxId));
        }
        if (read.pos() == 0) {
            return EventKind.broadcast(RoomEvent.notice(room, wireName, withConversation(room, payload, read)));
        }
        read.requireOnePlace();
        return EventKind.broadcast(RoomEvent.logged(room, read.from(), read.pos(), 0, wireName, payload));
    }

    private static String withConversation(UUID room, String payload, EventPayload read) {
        if (read.hasConversation()) {
            return payload;
        }
        String rest = payload.substring(payload.indexOf('{') + 1).stripLeading();
        return "{\"conversationId\": \"" + room + "\"" + (rest.startsWith("}") ? "" : ", ") + rest;
    }
}
