package io.walcast.relay.rooms;

import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** All rooms of this process. Thread-safe. */
@Component
public final class Rooms {

    private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

    /** How long a commit that was broadcast may take to become visible to a join. */
    private static final Duration VISIBILITY_WAIT = Duration.ofSeconds(2);

    private static final Duration VISIBILITY_RETRY = Duration.ofMillis(5);

    /** A room without subscribers remembers its newest seq for this long after its last broadcast. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** One that was only asked for may be of no conversation at all: anyone can ask for as many as there are UUIDs. */
    private static final Duration REMEMBERED_UNUSED = Duration.ofSeconds(5);

    private static final Duration FORGET_EVERY = Duration.ofSeconds(5);

    private final History history;
    private final CatchUp catchUp;
    private final RoomSettings settings;
    private final RoomMeters meters;
    private final Map<UUID, Room> rooms = new ConcurrentHashMap<>();

    Rooms(History history, CatchUp catchUp, RoomSettings settings, RoomMeters meters) {
        this.history = history;
        this.catchUp = catchUp;
        this.settings = settings;
        this.meters = meters;
        meters.countRooms(rooms);
        catchUp.every(FORGET_EVERY, this::forgetIdleRooms);
    }

    /** Sends the event to everyone in its room: messages in order of seq, each once. Never blocks on a client. */
    public void broadcast(RoomEvent event) {
        room(event.conversationId()).broadcast(event);
    }

    /** Tells the others in the room what is worth something only at this moment. Not stored, and dropped under pressure. */
    public void whisper(Subscriber speaker, RoomEvent event) {
        Room room = rooms.get(event.conversationId());
        if (room != null) {
            room.whisper(speaker, event);
        }
    }

    /** Who is in the room, on this process; a subscriber that is there too is told of changes from now on. */
    public Present watch(Subscriber subscriber, UUID conversationId) {
        Room room = rooms.get(conversationId);
        return room == null ? new Present(List.of(), 0) : room.watch(subscriber);
    }

    /** Tells the room that a member was removed, and removes all of that user's connections from it. */
    public void removeMember(String userId, RoomEvent notice) {
        Room room = room(notice.conversationId());
        room.broadcast(notice);
        room.evict(userId);
    }

    /** Removes everyone from the room; their clients join again and are then checked again. */
    public void close(UUID conversationId) {
        room(conversationId).evict(null);
    }

    /**
     * Removes everyone from every room, and forgets which messages were broadcast: the next ones may have numbers that
     * were given out before.
     */
    public void closeAll() {
        rooms.values().forEach(Room::beginAgain);
    }

    /**
     * Has everyone read from the table what came after their last message, and puts out who is no longer a member: another
     * process has delivered meanwhile.
     */
    public void readOn() {
        rooms.values().forEach(Room::readOn);
    }

    /**
     * Adds the subscriber to the room of a conversation.
     *
     * <p>Returns at once. {@code answer} is called exactly once, before anything of the room is queued for the
     * subscriber: with {@link Joined} when the tail is live for it, else with the reason of the refusal.
     *
     * @param after the last seq that the client has; null if it wants only what comes
     * @param epoch the history that {@code after} is from, if the client knows
     */
    public void join(
            Subscriber subscriber,
            UUID conversationId,
            @Nullable Long after,
            @Nullable String epoch,
            Consumer<JoinResult> answer) {
        Room room = room(conversationId);
        // Entered before the table is read: what is broadcast from here on is not missed. And entered at once, so that
        // a leave, or another join, that the client sends next finds this one.
        Subscription subscription = room.enter(subscriber);
        try {
            catchUp.executor().execute(() -> admit(room, subscription, after, epoch, answer));
        } catch (RejectedExecutionException e) {
            room.leave(subscription);
            answer.accept(new Unavailable());
        }
    }

    public void leave(Subscriber subscriber, UUID conversationId) {
        Room room = rooms.get(conversationId);
        if (room != null) {
            room.leave(subscriber);
        }
    }

    /**
     * Takes a subscriber that has gone out of its rooms, soon: its end may have come while another room's lock was held,
     * and two rooms are never locked by one thread.
     */
    public void leaveAll(Subscriber subscriber, Collection<UUID> conversationIds) {
        try {
            catchUp.executor()
                    .execute(() -> conversationIds.forEach(conversationId -> leave(subscriber, conversationId)));
        } catch (RejectedExecutionException e) {
            LOG.debug("Shutting down: the rooms go too");
        }
    }

    /** Who listens to what, the rooms with the most connections first. */
    public Census census(int most) {
        List<Census.Size> sizes = new ArrayList<>();
        long connections = 0;
        for (Room room : rooms.values()) {
            int size = room.size();
            connections += size;
            if (size > 0) {
                sizes.add(new Census.Size(room.conversationId(), size, room.newest()));
            }
        }
        sizes.sort(Comparator.comparingInt(Census.Size::connections).reversed());
        return new Census(sizes.size(), connections, List.copyOf(sizes.subList(0, Math.min(most, sizes.size()))));
    }

    private void admit(
            Room room,
            Subscription subscription,
            @Nullable Long after,
            @Nullable String epoch,
            Consumer<JoinResult> answer) {
        JoinResult result;
        try {
            result = check(room, subscription.subscriber.userId(), after, epoch);
        } catch (DataAccessException e) {
            LOG.warn("Could not join conversation {}: {}", room.conversationId(), e.getMessage());
            result = new Unavailable();
        }
        meters.joined(result);
        if (result instanceof Joined joined) {
            long position = after == null ? joined.lastSeq() : after;
            if (!room.serve(subscription, position, joined.lastSeq(), () -> answer.accept(joined))) {
                answer.accept(new Superseded());
            }
        } else {
            room.leave(subscription);
            answer.accept(result);
        }
    }

    private JoinResult check(Room room, String userId, @Nullable Long after, @Nullable String epoch) {
        long deadline = System.nanoTime() + VISIBILITY_WAIT.toNanos();
        while (true) {
            Optional<History.Tail> found = history.tail(room.conversationId(), userId);
            if (found.isEmpty()) {
                return new NotFound();
            }
            History.Tail tail = found.get();
            if (epoch != null && !epoch.equals(tail.epoch())) {
                return new HistoryChanged();
            }
            if (after == null || after <= tail.lastSeq()) {
                return new Joined(room.conversationId(), tail.lastSeq(), tail.epoch());
            }
            // The WAL may show a commit a moment before other transactions see it: then the client is ahead of the
            // table.
            if (after > room.newest() || System.nanoTime() > deadline) {
                return new HistoryChanged();
            }
            LockSupport.parkNanos(VISIBILITY_RETRY.toNanos());
        }
    }

    /** The room, which by being asked for is remembered for a while longer. */
    private Room room(UUID conversationId) {
        return rooms.compute(conversationId, (id, room) -> {
            Room present = room == null ? new Room(id, catchUp, settings, meters) : room;
            present.touch();
            return present;
        });
    }

    private void forgetIdleRooms() {
        for (UUID conversationId : rooms.keySet()) {
            rooms.computeIfPresent(
                    conversationId,
                    (id, room) -> room.idleFor(REMEMBERED.toNanos(), REMEMBERED_UNUSED.toNanos()) ? null : room);
        }
    }
}
