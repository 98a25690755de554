package io.walcast.relay.rooms;

import io.walcast.relay.Backoff;
import io.walcast.relay.rooms.Conversations.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who listens to one conversation. Its lock orders broadcasts, joins and leaves, and what subscribers are told of them.
 *
 * <p><b>Lifecycle.</b> Until {@link #retire}: a room that is retired takes nothing more, and its callers find another
 * one. <b>Concurrency.</b> Thread-safe; the lock is never held for I/O.
 */
final class Room {

    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** A message was broadcast before its commit is visible: look again after this, and after ever longer. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** What a subscription that has read all there is should do. */
    enum Next {
        /** Nothing: it is live, or has ended. */
        DONE,
        /** Read again, since what was read says nothing about the tail. */
        READ_AGAIN,
        /** Wait for a message that was broadcast and that the table does not show. */
        WAIT
    }

    private final UUID conversationId;
    private final CatchUp catchUp;
    private final RoomSettings settings;
    private final RoomMeters meters;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Subscriber, Subscription> subscriptions = new LinkedHashMap<>();

    /** Connections of each user who is present. */
    private final Map<String, Integer> present = new LinkedHashMap<>();

    /** The outbox rows of the latest removals, by user, until they are settled: a join must be read after them. */
    private final Map<String, Long> removals = new HashMap<>();

    /** The same for everyone, of a removal that nobody could read; 0 if there is none. */
    private long closedByRow;

    /** Subscriptions that wait for the table to show the newest message; one of them, the scout, asks for all. */
    private final List<Subscription> waiting = new ArrayList<>();

    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private @Nullable Subscription scout;

    private long newest;

    /** The outbox row that was broadcast last; 0 once that is settled. */
    private long newestRow;

    private long touchedNanos = System.nanoTime();
    private boolean retired;

    Room(UUID conversationId, CatchUp catchUp, RoomSettings settings, RoomMeters meters) {
        this.conversationId = conversationId;
        this.catchUp = catchUp;
        this.settings = settings;
        this.meters = meters;
    }

    UUID conversationId() {
        return conversationId;
    }

    /**
     * Sends the event to everyone who is at the tail.
     *
     * @param row the outbox row that brought it
     * @return false if this room is retired
     */
    boolean broadcast(RoomEvent event, long row) {
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            touchedNanos = System.nanoTime();
            if (event.seq() == 0) {
                tellAll(event);
                return true;
            }
            newest = Math.max(newest, event.seq());
            newestRow = row;
            for (Subscription subscription : subscriptions.values()) {
                if (subscription.live && event.seq() > subscription.position) {
                    push(subscription, event);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells everyone that a member was removed, and takes that user's connections out of the room. A join of the user is
     * from now on read in a snapshot that shows the removal.
     *
     * @return false if this room is retired
     */
    boolean remove(String userId, RoomEvent notice, long row) {
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            touchedNanos = System.nanoTime();
            removals.merge(userId, row, Math::max);
            tellAll(notice);
            evictUser(userId);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes everyone out of the room, of whom some may have been removed by this row.
     *
     * @return false if this room is retired
     */
    boolean close(long row) {
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            touchedNanos = System.nanoTime();
            closedByRow = Math.max(closedByRow, row);
            evictAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds the subscriber as one that is not yet told anything; an earlier subscription of its ends.
     *
     * @return null if this room is retired
     */
    @Nullable
    Subscription enter(Subscriber subscriber) {
        lock.lock();
        try {
            if (retired) {
                return null;
            }
            touchedNanos = System.nanoTime();
            var subscription = new Subscription(subscriber);
            Subscription before = subscriptions.put(subscriber, subscription);
            if (before != null) {
                // Whoever joins again has not been away.
                subscription.present = before.present;
                before.present = false;
                subscription.watching = before.watching;
                end(before);
            }
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins to serve the subscription from the message behind {@code position} on, after telling that it does.
     *
     * @param lastSeq the conversation's newest message as the table had it after the subscriber entered
     * @return false if the subscription ended before it was told anything
     */
    boolean serve(Subscription subscription, long position, long lastSeq, Runnable announce) {
        lock.lock();
        try {
            if (subscription.ended) {
                return false;
            }
            announce.run();
            if (subscription.ended) {
                return true;
            }
            subscription.position = position;
            arrived(subscription);
            if (position == lastSeq && newest <= position && !subscription.mustReadOn) {
                subscription.live = true;
            } else {
                catchUp.begin(this, subscription);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a subscription that may not be served, and then tells.
     *
     * @return false if it had ended before, and nothing was told: what the client asked for later counts
     */
    boolean refuse(Subscription subscription, Runnable announce) {
        lock.lock();
        try {
            if (subscription.ended) {
                return false;
            }
            leave(subscription);
            announce.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What a join of this user has to know. */
    Question question(String userId) {
        lock.lock();
        try {
            long membershipRow = Math.max(closedByRow, removals.getOrDefault(userId, 0L));
            return new Question(conversationId, userId, membershipRow, newestRow);
        } finally {
            lock.unlock();
        }
    }

    boolean isNewest(long row) {
        lock.lock();
        try {
            return newestRow == row;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells everyone else who is live and has time to listen, unless they are too many.
     *
     * @return false if the speaker is not in the room
     */
    boolean whisper(Subscriber speaker, RoomEvent event) {
        lock.lock();
        try {
            Subscription speaking = subscriptions.get(speaker);
            if (speaking == null || !speaking.present) {
                return false;
            }
            for (Subscription listener : listeners()) {
                if (listener.live && listener.subscriber != speaker) {
                    listener.subscriber.whisper(event);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Who is here; the subscriber is told of changes from now on. Null if it is not here itself. */
    @Nullable
    Present watch(Subscriber subscriber) {
        lock.lock();
        try {
            Subscription watching = subscriptions.get(subscriber);
            if (watching == null || !watching.present) {
                return null;
            }
            watching.watching = true;
            List<String> users =
                    present.keySet().stream().limit(settings.listedUsers()).toList();
            return new Present(users, present.size() - users.size());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the subscription live if it has everything that was broadcast.
     *
     * @param row what {@link #beginPage} returned for the page that was empty
     * @param settled whether that page was read from a snapshot that settles the row
     */
    Next goLive(Subscription subscription, long row, boolean settled) {
        lock.lock();
        try {
            if (subscription.ended) {
                return Next.DONE;
            }
            if (subscription.mustReadOn) {
                return Next.READ_AGAIN;
            }
            if (newest > subscription.position) {
                if (!settled || row != newestRow) {
                    return Next.WAIT;
                }
                LOG.warn(
                        "Conversation {} has no message {}, though outbox row {} or one before it says so: that is passed over",
                        conversationId,
                        newest,
                        row);
                newest = subscription.position;
            }
            subscription.live = true;
            return Next.DONE;
        } finally {
            lock.unlock();
        }
    }

    /** Has the subscription wait with others. Returns whether it is the one that looks for all of them. */
    boolean waits(Subscription subscription) {
        lock.lock();
        try {
            if (scout == null) {
                scout = subscription;
            } else if (scout != subscription) {
                waiting.add(subscription);
            }
            return scout == subscription;
        } finally {
            lock.unlock();
        }
    }

    /** How long the scout is to wait. */
    Duration nextPause() {
        lock.lock();
        try {
            return pauses.next();
        } finally {
            lock.unlock();
        }
    }

    /** Those that waited for this subscription, which no longer waits itself: they are to look for themselves. */
    List<Subscription> release(Subscription subscription) {
        lock.lock();
        try {
            if (scout != subscription) {
                return List.of();
            }
            scout = null;
            if (!subscription.ended) {
                pauses.reset();
            }
            List<Subscription> released = List.copyOf(waiting);
            waiting.clear();
            return released;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Queues a message that was read from the table for a subscription that catches up, unless it has ended meanwhile.
     *
     * @return false if too much waits for the subscriber
     */
    boolean offer(Subscription subscription, RoomEvent message) {
        lock.lock();
        try {
            if (!subscription.ended) {
                if (!subscription.subscriber.offer(message)) {
                    return false;
                }
                subscription.position = message.seq();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nobody is at the tail: the table may have messages that were not and will not be broadcast here, and a member may have
     * been removed without a word.
     */
    void readOn() {
        lock.lock();
        try {
            for (Subscription subscription : subscriptions.values()) {
                subscription.mustReadOn = true;
                if (subscription.live) {
                    subscription.live = false;
                    catchUp.begin(this, subscription);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins to read a page for the subscription; what {@link #readOn} asks for from here on is another matter.
     *
     * @return the row that the page's snapshot must settle for the subscription to be live after it
     */
    long beginPage(Subscription subscription) {
        lock.lock();
        try {
            subscription.mustReadOn = false;
            return newest > subscription.position ? newestRow : 0;
        } finally {
            lock.unlock();
        }
    }

    /** The table could not be read. */
    void readOnAgain(Subscription subscription) {
        lock.lock();
        try {
            subscription.mustReadOn = true;
        } finally {
            lock.unlock();
        }
    }

    boolean ended(Subscription subscription) {
        lock.lock();
        try {
            return subscription.ended;
        } finally {
            lock.unlock();
        }
    }

    /** The highest seq that was broadcast here; 0 if none was while this room is remembered. */
    long newest() {
        lock.lock();
        try {
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the subscriber's subscription, if it has one, and then tells. */
    void leave(Subscriber subscriber, Runnable announce) {
        lock.lock();
        try {
            end(subscriptions.remove(subscriber));
            announce.run();
        } finally {
            lock.unlock();
        }
    }

    void leave(Subscription subscription) {
        lock.lock();
        try {
            if (subscriptions.remove(subscription.subscriber, subscription)) {
                end(subscription);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a subscription whose user is no longer a member, and tells the client. */
    void evict(Subscription subscription) {
        lock.lock();
        try {
            if (!subscription.ended) {
                leave(subscription);
                subscription.subscriber.evicted(conversationId);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The history of the conversation is another one: nobody is here, and nothing was broadcast. */
    void beginAgain() {
        lock.lock();
        try {
            newest = 0;
            removals.clear();
            closedByRow = 0;
            evictAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return subscriptions.size();
        } finally {
            lock.unlock();
        }
    }

    /** The outbox rows that joins have to wait for, as long as they are not settled. */
    List<Long> unsettledRows() {
        lock.lock();
        try {
            List<Long> rows = new ArrayList<>(removals.values());
            if (closedByRow != 0) {
                rows.add(closedByRow);
            }
            if (newestRow != 0 && subscriptions.isEmpty()) {
                rows.add(newestRow);
            }
            return rows;
        } finally {
            lock.unlock();
        }
    }

    /** Every snapshot from now on settles these rows. */
    void settle(Set<Long> rows) {
        lock.lock();
        try {
            removals.values().removeAll(rows);
            if (rows.contains(closedByRow)) {
                closedByRow = 0;
            }
            if (rows.contains(newestRow)) {
                newestRow = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends this room if nobody has been here for so long, and nothing is known of it that the tables do not show; a room
     * that has had no message needs less time.
     */
    boolean retire(long nanos, long nanosIfUnused) {
        lock.lock();
        try {
            retired = subscriptions.isEmpty()
                    && removals.isEmpty()
                    && closedByRow == 0
                    && newestRow == 0
                    && System.nanoTime() - touchedNanos > (newest == 0 ? nanosIfUnused : nanos);
            return retired;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever is not yet admitted may be a stranger. */
    private void tellAll(RoomEvent event) {
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.present) {
                var unused = subscription.subscriber.offer(event);
            }
        }
    }

    private void evictAll() {
        List.copyOf(subscriptions.values()).forEach(this::evict);
    }

    private void evictUser(String userId) {
        for (Subscription subscription : List.copyOf(subscriptions.values())) {
            if (subscription.subscriber.userId().equals(userId)) {
                evict(subscription);
            }
        }
    }

    private void push(Subscription subscription, RoomEvent event) {
        boolean next = event.seq() == subscription.position + 1;
        if (next && subscription.subscriber.offer(event)) {
            subscription.position = event.seq();
            return;
        }
        subscription.live = false;
        if (next) {
            meters.resynced();
            subscription.subscriber.resync(conversationId, subscription.position);
        }
        catchUp.begin(this, subscription);
    }

    private void end(@Nullable Subscription subscription) {
        if (subscription != null) {
            subscription.ended = true;
            subscription.live = false;
            departed(subscription);
        }
    }

    private void arrived(Subscription subscription) {
        if (subscription.present) {
            return;
        }
        subscription.present = true;
        String userId = subscription.subscriber.userId();
        if (present.merge(userId, 1, Integer::sum) == 1) {
            tellWatchers(RoomEvent.presence(conversationId, userId, true));
        }
    }

    private void departed(Subscription subscription) {
        if (!subscription.present) {
            return;
        }
        subscription.present = false;
        String userId = subscription.subscriber.userId();
        if (present.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1) == null) {
            tellWatchers(RoomEvent.presence(conversationId, userId, false));
        }
    }

    private void tellWatchers(RoomEvent event) {
        for (Subscription listener : listeners()) {
            if (listener.watching) {
                listener.subscriber.whisper(event);
            }
        }
    }

    /** Nobody, where everyone would have to be told of everyone. */
    private Collection<Subscription> listeners() {
        return subscriptions.size() > settings.intimateSize() ? List.of() : subscriptions.values();
    }
}
