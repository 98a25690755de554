package io.walcast.relay.events;

import io.walcast.relay.feed.FeedSubject;
import io.walcast.relay.rooms.RoomEvent;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of chat events, by outbox topic.
 *
 * <p>A row of the log without content to send makes its room read the table up to it. Such a row comes from a release
 * without the log, or the text of its message was removed.
 */
public enum ChatEvent implements EventKind {

    /** A message, as it was posted. */
    MESSAGE_CREATED("messaging.message_created", "message.created", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return message(room, json, payload, payload.seq());
        }
    },

    /** A message after an edit. */
    MESSAGE_EDITED("messaging.message_edited", "message.edited", Loss.TABLE, FeedSubject.OTHER) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            return message(room, json, payload, 0);
        }
    },

    /** A message whose content was deleted. */
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

    /** A user became a member. From a release without the log it is a notice, which is not replayed. */
    MEMBER_ADDED("messaging.member_added", "member.added", Loss.TABLE, FeedSubject.ADDITION) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            user(payload);
            return payload.pos() > 0 ? logged(room, json, payload) : notice(room, json);
        }
    },

    /**
     * A user is no longer a member, and leaves the room with this event. The room must not continue without it: if the
     * row is parked, all subscribers leave the room, and are checked again at their next join.
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

    /** A member's read marker: state, and not logged. */
    CONVERSATION_READ("messaging.conversation_read", "conversation.read", Loss.NOTHING, FeedSubject.READ) {
        @Override
        Event decode(UUID room, String json, EventPayload payload) {
            String member = user(payload);
            RoomEvent event = RoomEvent.notice(room, clientName(), json);
            return new Event(0, 0, (rooms, outboxId) -> rooms.read(member, event, outboxId));
        }
    };

    private final String topic;
    private final @Nullable String wireName;
    private final Loss loss;
    private final FeedSubject feedSubject;

    ChatEvent(String topic, @Nullable String wireName, Loss loss, FeedSubject feedSubject) {
        this.topic = topic;
        this.wireName = wireName;
        this.loss = loss;
        this.feedSubject = feedSubject;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public @Nullable String wireName() {
        return wireName;
    }

    @Override
    public Loss loss() {
        return loss;
    }

    @Override
    public FeedSubject feedSubject() {
        return feedSubject;
    }

    @Override
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean carriesContent(String payload) {
        return this == MESSAGE_CREATED || this == MESSAGE_EDITED || this == MESSAGE_DELETED;
    }

    @Override
    public Event decode(String eventKey, String payload) {
        return decode(EventKind.room(eventKey), payload, EventPayload.parse(payload, eventKey));
    }

    abstract Event decode(UUID room, String json, EventPayload payload);

    final String clientName() {
        if (wireName == null) {
            throw new IllegalStateException("topic " + topic + " has no name for clients");
        }
        return wireName;
    }

    final Event message(UUID room, String json, EventPayload payload, long seq) {
        if (payload.scrubbed() || (payload.pos() == 0 && this == MESSAGE_CREATED && seq > 0)) {
            return EventKind.readTable(room, payload.pos(), seq);
        }
        if (!payload.hasMessage()) {
            throw new UndeliverableException("the payload has no object \"message\"");
        }
        if (payload.seq() < 1) {
            throw new UndeliverableException("the message has no seq");
        }
        return EventKind.broadcast(event(room, json, payload, seq));
    }

    final Event logged(UUID room, String json, EventPayload payload) {
        return EventKind.broadcast(event(room, json, payload, 0));
    }

    final Event notice(UUID room, String json) {
        return EventKind.broadcast(RoomEvent.notice(room, clientName(), json));
    }

    final RoomEvent event(UUID room, String json, EventPayload payload, long seq) {
        payload.requireOnePlace();
        return RoomEvent.logged(room, payload.from(), payload.pos(), seq, clientName(), json);
    }

    static String user(EventPayload payload) {
        if (payload.userId() == null) {
            throw new UndeliverableException("the payload has no string \"userId\"");
        }
        return payload.userId();
    }
}
