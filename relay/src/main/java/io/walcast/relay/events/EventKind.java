package io.walcast.relay.events;

import io.walcast.relay.feed.FeedSubject;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of events: each outbox topic that clients hear of, with its name on the wire, what a row of it must
 * contain, what it does to the room, and what its loss means.
 *
 * <p>Everything that depends on a topic asks this catalogue, in the process that reads the WAL and in one that reads Kafka
 * alike. A topic that is not here is unknown: see {@link UnknownTopics}.
 *
 * <p>A row of the log that says nothing to send has its room read the table up to it. Such a row comes from a release that
 * knows no log, or the text of its message was taken out.
 */
public enum EventKind {

    /** A message, as it was posted. */
    MESSAGE_CREATED("messaging.message_created", "message.created", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return message(room, json, payload, payload.seq());
        }
    },

    /** A message, as an edit has left it. */
    MESSAGE_EDITED("messaging.message_edited", "message.edited", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return message(room, json, payload, 0);
        }
    },

    /** A message whose content is gone. */
    MESSAGE_DELETED("messaging.message_deleted", "message.deleted", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return message(room, json, payload, 0);
        }
    },

    /** All reactions to one message. */
    REACTIONS_CHANGED("messaging.reactions_changed", "reactions.changed", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return logged(room, json, payload);
        }
    },

    /** A user became a member. From a release that knows no log it is a notice, which is not repeated. */
    MEMBER_ADDED("messaging.member_added", "member.added", Loss.TABLE, FeedSubject.ADDITION) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            user(payload);
            return payload.pos() > 0 ? logged(room, json, payload) : notice(room, json);
        }
    },

    /**
     * A user is no longer a member, and leaves the room with this event. The room must not continue without it: if the row is
     * parked, all leave the room, and are checked again at their next join.
     */
    MEMBER_REMOVED("messaging.member_removed", "member.removed", Loss.ROOM, FeedSubject.MEMBERSHIP) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            String member = user(payload);
            RoomEvent event =
                    payload.pos() > 0 ? event(room, json, payload, 0) : RoomEvent.notice(room, clientName(), json);
            return new Event(payload.pos(), 0, (rooms, outboxId) -> rooms.removeMember(member, event, outboxId));
        }
    },

    /** A member has another role. */
    MEMBER_CHANGED("messaging.member_changed", "member.changed", Loss.TABLE, FeedSubject.MEMBERSHIP) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            user(payload);
            return logged(room, json, payload);
        }
    },

    /** The conversation has another title. */
    CONVERSATION_CHANGED("messaging.conversation_changed", "conversation.changed", Loss.TABLE, FeedSubject.TITLE) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return logged(room, json, payload);
        }
    },

    /** A conversation with its first members. Nobody is in its room yet. */
    CONVERSATION_CREATED("messaging.conversation_created", null, Loss.TABLE, FeedSubject.CREATION) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            if (payload.pos() < 1) {
                throw new UndeliverableException("the payload has no \"pos\"");
            }
            return new Event(payload.pos(), 0, (rooms, outboxId) -> {});
        }
    },

    /** How far a member has read: state, and not logged. */
    CONVERSATION_READ("messaging.conversation_read", "conversation.read", Loss.NOTHING, FeedSubject.READ) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            String member = user(payload);
            RoomEvent event = RoomEvent.notice(room, clientName(), json);
            return new Event(0, 0, (rooms, outboxId) -> rooms.read(member, event, outboxId));
        }
    };

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
    public record Numbers(long pos, long seq) {}

    /** What has to be done about a row that cannot be delivered. */
    public enum Loss {
        /** Clients miss what nothing repeats to them. */
        NOTHING,
        /** The room reads the table up to the row. */
        TABLE,
        /** The room is closed. */
        ROOM
    }

    private static final Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final Map<String, EventKind> BY_TOPIC =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventKind::topic, Function.identity()));

    private final String topic;
    private final @Nullable String wireName;
    private final Loss loss;
    private final FeedSubject feedSubject;

    EventKind(String topic, @Nullable String wireName, Loss loss, FeedSubject feedSubject) {
        this.topic = topic;
        this.wireName = wireName;
        this.loss = loss;
        this.feedSubject = feedSubject;
    }

    /** The kind of a row's event; null if the topic is unknown. */
    public static @Nullable EventKind of(String topic) {
        return BY_TOPIC.get(topic);
    }

    /** What has to be done if a row of this topic and key is lost. */
    public static Loss loss(String topic, String eventKey) {
        EventKind kind = of(topic);
        return kind == null || !UUIDS.matcher(eventKey).matches() ? Loss.NOTHING : kind.loss;
    }

    /** The topic of its outbox rows. */
    public String topic() {
        return topic;
    }

    /** The name under which clients in the room get it; null if they do not. */
    public @Nullable String wireName() {
        return wireName;
    }

    /** What its rows tell feeds. */
    FeedSubject feedSubject() {
        return feedSubject;
    }

    /** Whether its payload contains the text of a message, which may have been edited away or deleted since. */
    public boolean carriesMessage() {
        return this == MESSAGE_CREATED || this == MESSAGE_EDITED || this == MESSAGE_DELETED;
    }

    /**
     * Checks that a row of this kind can be delivered.
     *
     * @throws UndeliverableException if it can never be delivered as it is
     */
    public Numbers check(String eventKey, String payload) {
        Event event = decode(eventKey, payload);
        return new Numbers(event.pos(), event.seq());
    }

    /** @throws UndeliverableException if the row can never be delivered as it is */
    Event decode(String eventKey, String payload) {
        return decode(room(eventKey), payload, EventPayload.parse(payload, eventKey));
    }

    abstract Event decode(UUID room, String json, EventPayload payload);

    final String clientName() {
        if (wireName == null) {
            throw new IllegalStateException("clients do not hear of " + topic);
        }
        return wireName;
    }

    final Event message(UUID room, String json, EventPayload payload, long seq) {
        if (payload.scrubbed() || (payload.pos() == 0 && this == MESSAGE_CREATED && seq > 0)) {
            return new Event(
                    payload.pos(), seq, (rooms, outboxId) -> rooms.readTable(room, payload.pos(), seq, outboxId));
        }
        if (!payload.hasMessage()) {
            throw new UndeliverableException("the payload has no object \"message\"");
        }
        if (payload.seq() < 1) {
            throw new UndeliverableException("the message has no seq");
        }
        return broadcast(event(room, json, payload, seq));
    }

    final Event logged(UUID room, String json, EventPayload payload) {
        return broadcast(event(room, json, payload, 0));
    }

    final Event notice(UUID room, String json) {
        return broadcast(RoomEvent.notice(room, clientName(), json));
    }

    final RoomEvent event(UUID room, String json, EventPayload payload, long seq) {
        if (payload.pos() < 1 || payload.from() != payload.pos() - 1) {
            throw new UndeliverableException("the payload has no \"pos\" with the \"from\" before it");
        }
        return RoomEvent.logged(room, payload.from(), payload.pos(), seq, clientName(), json);
    }

    static Event broadcast(RoomEvent event) {
        return new Event(event.pos(), event.seq(), (rooms, outboxId) -> rooms.broadcast(event, outboxId));
    }

    static String user(EventPayload payload) {
        if (payload.userId() == null) {
            throw new UndeliverableException("the payload has no string \"userId\"");
        }
        return payload.userId();
    }

    /** @throws UndeliverableException if the key is no conversation's */
    static UUID room(String eventKey) {
        if (!UUIDS.matcher(eventKey).matches()) {
            throw new UndeliverableException("the event_key is no UUID");
        }
        return UUID.fromString(eventKey);
    }
}
