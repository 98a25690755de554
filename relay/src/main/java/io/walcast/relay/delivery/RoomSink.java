package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import io.walcast.relay.wal.OutboxRow;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Delivers to the rooms of this process: one mapping a topic, from topic to event to room.
 *
 * <p>An unknown topic is logged and counted, and counts as delivered: an outbox that other producers use too must not
 * get stuck on what is not for us.
 */
@Component
class RoomSink implements Sink {

    private static final Logger LOG = LoggerFactory.getLogger(RoomSink.class);
    private static final JsonMapper JSON = new JsonMapper();

    private static final int MOST_TOPICS_TOLD_OF = 1_000;

    private static final Pattern UUIDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final String MESSAGE_CREATED = "messaging.message_created";
    private static final String MEMBER_ADDED = "messaging.member_added";
    private static final String MEMBER_REMOVED = "messaging.member_removed";

    private final Rooms rooms;
    private final Counter unknownTopics;

    /** Each is told of once: a producer that is not ours may write many. */
    private final Set<String> topicsToldOf = ConcurrentHashMap.newKeySet();

    RoomSink(Rooms rooms, MeterRegistry meters) {
        this.rooms = rooms;
        this.unknownTopics = Counter.builder("walcast.delivery.unknown.topics")
                .description("Outbox rows marked without delivery because nothing handles their topic")
                .register(meters);
    }

    @Override
    public void deliver(OutboxRow row) {
        switch (row.topic()) {
            case MESSAGE_CREATED -> {
                var payload = MessagePayload.parse(row.payload());
                rooms.broadcast(RoomEvent.message(room(row), payload.seq(), payload.message()));
            }
            case MEMBER_ADDED -> rooms.broadcast(RoomEvent.notice(room(row), "member.added", row.payload()));
            case MEMBER_REMOVED ->
                rooms.removeMember(userId(row), RoomEvent.notice(room(row), "member.removed", row.payload()));
            default -> {
                unknownTopics.increment();
                if (topicsToldOf.size() < MOST_TOPICS_TOLD_OF && topicsToldOf.add(row.topic())) {
                    LOG.warn(
                            "Nothing here handles topic {}: outbox row {} and all later ones of it are marked without delivery",
                            row.topic(),
                            row.id());
                }
            }
        }
    }

    /** A message that was parked leaves a hole, which clients heal from the table; a removal must not be passed over. */
    @Override
    public void gaveUp(OutboxRow row) {
        if (row.topic().equals(MEMBER_REMOVED) && UUIDS.matcher(row.eventKey()).matches()) {
            rooms.close(room(row));
        }
    }

    @Override
    public void othersDelivered() {
        rooms.readOn();
    }

    private static UUID room(OutboxRow row) {
        return UUID.fromString(row.eventKey());
    }

    private static String userId(OutboxRow row) {
        JsonNode userId = JSON.readTree(row.payload()).path("userId");
        if (!userId.isString()) {
            throw new IllegalArgumentException("the payload has no string \"userId\"");
        }
        return userId.stringValue();
    }
}
