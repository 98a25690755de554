package io.walcast.relay.events;

import java.util.UUID;
import java.util.regex.Pattern;

/** The outbox topics that are for clients, and what can be told of a row without delivering it. */
public final class Topics {

    static final String MESSAGE_CREATED = "messaging.message_created";
    static final String MEMBER_ADDED = "messaging.member_added";
    static final String MEMBER_REMOVED = "messaging.member_removed";

    /** Not written by producers: puts everyone out of a room whose member's removal could not be delivered. */
    public static final String ROOM_CLOSED = "walcast.room_closed";

    /** Not written by producers: puts everyone out of every room, for the server has another history. */
    public static final String HISTORY_CHANGED = "walcast.history_changed";

    private static final Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Topics() {}

    /**
     * Checks that the row could be delivered.
     *
     * @return the message's seq; 0 if it is no message
     * @throws UndeliverableException if it could not
     */
    public static long check(String topic, String eventKey, String payload) {
        return switch (topic) {
            case MESSAGE_CREATED -> {
                room(eventKey);
                yield MessagePayload.parse(payload, eventKey).seq();
            }
            case MEMBER_ADDED, MEMBER_REMOVED -> {
                room(eventKey);
                MemberPayload.userId(payload, eventKey);
                yield 0;
            }
            default -> 0;
        };
    }

    /**
     * Whether a row that cannot be delivered must close its room. A message that was parked leaves a hole, which rooms
     * fill from the table; the removal of a member must not be passed over.
     */
    public static boolean closesRoomIfParked(String topic, String eventKey) {
        return topic.equals(MEMBER_REMOVED) && UUIDS.matcher(eventKey).matches();
    }

    /** Whether clients hear of such rows; all others are marked without delivery. */
    public static boolean isForClients(String topic) {
        return switch (topic) {
            case MESSAGE_CREATED, MEMBER_ADDED, MEMBER_REMOVED -> true;
            default -> false;
        };
    }

    /** @throws UndeliverableException if the key is no conversation's */
    static UUID room(String eventKey) {
        if (!UUIDS.matcher(eventKey).matches()) {
            throw new UndeliverableException("the event_key is no UUID");
        }
        return UUID.fromString(eventKey);
    }
}
