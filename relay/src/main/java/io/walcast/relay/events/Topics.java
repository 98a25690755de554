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
     * @throws RuntimeException if it could not, now or ever
     */
    public static long check(String topic, String eventKey, String payload) {
        return switch (topic) {
            case MESSAGE_CREATED -> {
                room(eventKey);
                yield MessagePayload.parse(payload).seq();
            }
            case MEMBER_ADDED -> {
                room(eventKey);
                yield 0;
            }
            case MEMBER_REMOVED -> {
                room(eventKey);
                RemovedMember.userId(payload);
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

    static UUID room(String eventKey) {
        return UUID.fromString(eventKey);
    }
}
