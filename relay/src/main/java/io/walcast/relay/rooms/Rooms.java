package io.walcast.relay.rooms;

import io.walcast.relay.rooms.JoinResult.Joined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** All rooms of this process: for each conversation the connections that have joined it. Thread-safe. */
@Component
public final class Rooms {

    private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

    /** A room without subscribers remembers its newest event for this long after its last broadcast. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** The same for a room without an event, whose conversation may not exist: a client can ask to join any UUID. */
    private static final Duration REMEMBERED_UNUSED = Duration.ofSeconds(5);

    private static final Duration FORGET_EVERY = Duration.ofSeconds(5);

    /** Rows that are looked up at once. More than these wait for the next round. */
    static final int MOST_ROWS = 20_000;

    private final Conversations conversations;
    private final CatchUp catchUp;
    private final Admissions admissions;
    private final RoomThreads threads;
    private final RoomSettings settings;
    private final RoomMeters meters;
    private final Map<UUID, Room> rooms = new ConcurrentHashMap<>();

    Rooms(
            Conversations conversations,
            CatchUp catchUp,
            Admissions admissions,
            RoomThreads threads,
            RoomSettings settings,
            RoomMeters meters) {
        this.conversations = conversations;
        this.catchUp = catchUp;
        this.admissions = admissions;
        this.threads = threads;
        this.settings = settings;
        this.meters = meters;
        meters.countRooms(rooms);
        threads.every(FORGET_EVERY, this::forgetIdleRooms);
    }

    /**
     * Sends the event to everyone in its room: events of the log in order of pos, each once. Never blocks on a client.
     *
     * @param row id of the outbox row of the event: a snapshot that shows the row shows the event too
     */
    public void broadcast(RoomEvent event, long row) {
        in(event.conversationId(), room -> room.broadcast(event, row));
    }

    /**
     * Makes everyone in the room read the table up to a row of the log whose content is there only.
     *
     * @param pos the row's place in the log; 0 if it names none
     * @param seq of the message that it creates; 0 if it names none
     * @param row id of the outbox row
     */
    public void readTable(UUID conversationId, long pos, long seq, long row) {
        in(conversationId, room -> room.readTable(pos, seq, row));
    }

    /**
     * Sends a user's read marker to the user's own connections in the room, and in a small room to everyone.
     *
     * @param row id of the outbox row of the event
     */
    public void read(String userId, RoomEvent event, long row) {
        in(event.conversationId(), room -> room.read(userId, event, row));
    }

    /**
     * Sends a transient event (typing) to the other live subscribers. It is never stored, and is dropped for
     * subscribers with a backlog.
     *
     * @return false if the sender is not in the room
     */
    public boolean sendVolatile(Subscriber sender, RoomEvent event) {
        Room room = rooms.get(event.conversationId());
        return room != null && room.sendVolatile(sender, event);
    }

    /**
     * Returns the users that are present in the room on this process, and sends the subscriber changes from now on.
     * Null if it is not in the room.
     */
    public @Nullable PresenceList watch(Subscriber subscriber, UUID conversationId) {
        Room room = rooms.get(conversationId);
        return room == null ? null : room.watch(subscriber);
    }

    /**
     * Sends the removal of a member to the room, and removes all of that user's connections from it.
     *
     * @param event an event of the log, or a notice from a release before this one
     * @param row id of the outbox row of the event
     */
    public void removeMember(String userId, RoomEvent event, long row) {
        in(event.conversationId(), room -> room.remove(userId, event, row));
    }

    /**
     * Removes everyone from the room; their clients join again and are then checked again.
     *
     * @param row id of the outbox row that may have removed somebody
     */
    public void close(UUID conversationId, long row) {
        in(conversationId, room -> room.close(row));
    }

    /**
     * Removes everyone from every room, and drops the numbers that were delivered: the next events may use them again.
     */
    public void closeAll() {
        rooms.values().forEach(Room::beginAgain);
    }

    /**
     * Makes every subscription read the table again: another relay may have delivered messages and removals that this
     * process never saw.
     */
    public void resyncFromTable() {
        rooms.values().forEach(Room::resyncFromTable);
    }

    /**
     * Adds the subscriber to the room of a conversation.
     *
     * <p>Returns at once. {@code answer} is called exactly once, before anything of the room is queued for the
     * subscriber: with {@link Joined} if the subscriber is admitted, else with the reason of the refusal.
     *
     * @param position that of the client
     */
    public void join(Subscriber subscriber, UUID conversationId, JoinPosition position, Consumer<JoinResult> answer) {
        in(conversationId, room -> {
            // The subscription enters before the table is read, so that it misses no broadcast. It enters at once, so
            // that the next leave or join of the client finds it.
            Subscription subscription = room.enter(subscriber);
            if (subscription == null) {
                return false;
            }
            admissions.add(new Admission(room, subscription, position, answer, admissions.nanoTime()));
            return true;
        });
    }

    /**
     * Takes the subscriber out of the room.
     *
     * @param left is called once it is out; a join that has not been answered by then is superseded
     */
    public void leave(Subscriber subscriber, UUID conversationId, Runnable left) {
        Room room = rooms.get(conversationId);
        if (room != null) {
            room.leave(subscriber, left);
        } else {
            left.run();
        }
    }

    /**
     * Removes a disconnected subscriber from its rooms, on another thread: the connection may have ended while this
     * thread held the lock of a room, and one thread never locks two rooms.
     */
    public void leaveAll(Subscriber subscriber, Collection<UUID> conversationIds) {
        threads.pages()
                .execute(() -> conversationIds.forEach(conversationId -> leave(subscriber, conversationId, () -> {})));
    }

    /** Numbers of the subscriptions, with at most {@code most} rooms. */
    public RoomStats stats(int most) {
        List<RoomStats.Size> sizes = new ArrayList<>();
        long connections = 0;
        for (Room room : rooms.values()) {
            int size = room.size();
            connections += size;
            if (size > 0) {
                sizes.add(new RoomStats.Size(room.conversationId(), size, room.newestSeq()));
            }
        }
        sizes.sort(Comparator.comparingInt(RoomStats.Size::connections).reversed());
        return new RoomStats(sizes.size(), connections, List.copyOf(sizes.subList(0, Math.min(most, sizes.size()))));
    }

    /** Runs the action in the room, or in its successor if the room is being retired. */
    private void in(UUID conversationId, Predicate<Room> action) {
        boolean done;
        do {
            done = action.test(rooms.computeIfAbsent(conversationId, id -> new Room(id, catchUp, settings, meters)));
        } while (!done);
    }

    private void forgetIdleRooms() {
        try {
            settleRows();
        } catch (RuntimeException e) {
            // Rooms are kept until this works again.
            LOG.debug("Could not read which deliveries the tables show", e);
        }
        for (UUID conversationId : rooms.keySet()) {
            rooms.computeIfPresent(
                    conversationId,
                    (id, room) -> room.retire(REMEMBERED.toNanos(), REMEMBERED_UNUSED.toNanos()) ? null : room);
        }
    }

    private void settleRows() {
        Set<Long> unsettled = new HashSet<>();
        for (Room room : rooms.values()) {
            unsettled.addAll(room.unsettledRows());
            if (unsettled.size() >= MOST_ROWS) {
                break;
            }
        }
        if (unsettled.isEmpty()) {
            return;
        }
        Set<Long> settled = conversations.settled(unsettled);
        rooms.values().forEach(room -> room.settle(settled));
    }
}
