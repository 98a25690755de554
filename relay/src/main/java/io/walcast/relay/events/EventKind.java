package io.walcast.relay.events;

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
 * contain, what it does to the room, and what its parking means.
 *
 * <p>Everything that depends on a topic asks this catalogue, in the process that reads the WAL and in one that reads Kafka
 * alike. A topic that is not here is unknown: see {@link UnknownTopics}.
 */
public enum EventKind {

    /** A message, at its place in the order of the conversation. If it is parked, the room reads it from the table. */
    MESSAGE_CREATED("messaging.message_created", "message.created", false) {
        @Override
        Event decode(UUID room, String eventKey, String payload) {
            var message = MessagePayload.parse(payload, eventKey);
            return new Event(
                    message.seq(),
                    (rooms, outboxId) ->
                            rooms.broadcast(RoomEvent.message(room, message.seq(), message.message()), outboxId));
        }
    },

    /** A user became a member. If the row is parked, clients learn of it only when they ask REST. */
    MEMBER_ADDED("messaging.member_added", "member.added", false) {
        @Override
        Event decode(UUID room, String eventKey, String payload) {
            MemberPayload.userId(payload, eventKey);
            return new Event(
                    0, (rooms, outboxId) -> rooms.broadcast(RoomEvent.notice(room, wireName(), payload), outboxId));
        }
    },

    /**
     * A user is no longer a member, and leaves the room with this event. The room must not continue without it: if the row is
     * parked, all leave the room, and are checked again at their next join.
     */
    MEMBER_REMOVED("messaging.member_removed", "member.removed", true) {
        @Override
        Event decode(UUID room, String eventKey, String payload) {
            String member = MemberPayload.userId(payload, eventKey);
            return new Event(
                    0,
                    (rooms, outboxId) ->
                            rooms.removeMember(member, RoomEvent.notice(room, wireName(), payload), outboxId));
        }
    };

    /** One event, decoded and checked, that has not yet reached the room. */
    record Event(long seq, Effect effect) {}

    /** What an event does. */
    interface Effect {
        void on(Rooms rooms, long outboxId);
    }

    private static final Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final Map<String, EventKind> BY_TOPIC =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventKind::topic, Function.identity()));

    private final String topic;
    private final String wireName;
    private final boolean closesRoomIfParked;

    EventKind(String topic, String wireName, boolean closesRoomIfParked) {
        this.topic = topic;
        this.wireName = wireName;
        this.closesRoomIfParked = closesRoomIfParked;
    }

    /** The kind of a row's event; null if the topic is unknown. */
    public static @Nullable EventKind of(String topic) {
        return BY_TOPIC.get(topic);
    }

    /** Whether a row of this topic and key that is parked must close its room. */
    public static boolean closesRoomIfParked(String topic, String eventKey) {
        EventKind kind = of(topic);
        return kind != null
                && kind.closesRoomIfParked
                && UUIDS.matcher(eventKey).matches();
    }

    /** The topic of its outbox rows. */
    public String topic() {
        return topic;
    }

    /** The name under which clients get it. */
    public String wireName() {
        return wireName;
    }

    /**
     * Checks that a row of this kind can be delivered.
     *
     * @return the message's seq; 0 if it is no message
     * @throws UndeliverableException if it can never be delivered as it is
     */
    public long check(String eventKey, String payload) {
        return decode(eventKey, payload).seq();
    }

    /** @throws UndeliverableException if the row can never be delivered as it is */
    Event decode(String eventKey, String payload) {
        return decode(room(eventKey), eventKey, payload);
    }

    abstract Event decode(UUID room, String eventKey, String payload);

    /** @throws UndeliverableException if the key is no conversation's */
    static UUID room(String eventKey) {
        if (!UUIDS.matcher(eventKey).matches()) {
            throw new UndeliverableException("the event_key is no UUID");
        }
        return UUID.fromString(eventKey);
    }
}
