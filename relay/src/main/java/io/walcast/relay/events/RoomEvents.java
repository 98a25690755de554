package io.walcast.relay.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings rows to the rooms of this process. Thread-safe; rows of one conversation are to come in order.
 *
 * <p>An unknown topic is logged and counted, and counts as delivered: an outbox that other producers use too must not
 * get stuck on what is not for us.
 */
@Component
public final class RoomEvents {

    private static final Logger LOG = LoggerFactory.getLogger(RoomEvents.class);

    private static final int MOST_TOPICS_TOLD_OF = 1_000;
    private static final int LONGEST_TOPIC_TOLD_OF = 250;

    private final Rooms rooms;
    private final Counter unknownTopics;

    /** Each is told of once: a producer that is not ours may write many. */
    private final Set<String> topicsToldOf = ConcurrentHashMap.newKeySet();

    RoomEvents(Rooms rooms, MeterRegistry meters) {
        this.rooms = rooms;
        this.unknownTopics = Counter.builder("walcast.delivery.unknown.topics")
                .description("Outbox rows marked without delivery because nothing handles their topic")
                .register(meters);
    }

    /**
     * Delivers one row.
     *
     * @throws UndeliverableException if it can never be delivered as it is
     */
    public void deliver(long outboxId, String topic, String eventKey, String payload) {
        switch (topic) {
            case Topics.MESSAGE_CREATED -> {
                var message = MessagePayload.parse(payload, eventKey);
                rooms.broadcast(RoomEvent.message(Topics.room(eventKey), message.seq(), message.message()), outboxId);
            }
            case Topics.MEMBER_ADDED -> {
                UUID room = Topics.room(eventKey);
                MemberPayload.userId(payload, eventKey);
                rooms.broadcast(RoomEvent.notice(room, "member.added", payload), outboxId);
            }
            case Topics.MEMBER_REMOVED -> {
                UUID room = Topics.room(eventKey);
                String member = MemberPayload.userId(payload, eventKey);
                rooms.removeMember(member, RoomEvent.notice(room, "member.removed", payload), outboxId);
            }
            case Topics.ROOM_CLOSED -> closeRoom(outboxId, eventKey);
            case Topics.HISTORY_CHANGED -> closeAllRooms();
            default -> {
                unknownTopics.increment();
                if (topic.length() <= LONGEST_TOPIC_TOLD_OF
                        && topicsToldOf.size() < MOST_TOPICS_TOLD_OF
                        && topicsToldOf.add(topic)) {
                    LOG.warn(
                            "Nothing here handles topic {}: outbox row {} and all later ones of it are marked without delivery",
                            topic,
                            outboxId);
                }
            }
        }
    }

    /** Puts everyone out of the room; their clients join again and are then checked again. */
    public void closeRoom(long outboxId, String eventKey) {
        rooms.close(Topics.room(eventKey), outboxId);
    }

    /** Puts everyone out of every room: what their clients have is of another history, as they learn when they join again. */
    public void closeAllRooms() {
        rooms.closeAll();
    }

    /** Has every subscription read the table again: rows were delivered elsewhere that will not come here. */
    public void resyncFromTable() {
        rooms.resyncFromTable();
    }
}
