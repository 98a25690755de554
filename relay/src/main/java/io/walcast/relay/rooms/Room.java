package io.walcast.relay.rooms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Who listens to one conversation. Its lock orders broadcasts, joins and leaves. */
final class Room {

    private final UUID conversationId;
    private final CatchUp catchUp;
    private final RoomSettings settings;
    private final RoomMeters meters;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Subscriber, Subscription> subscriptions = new LinkedHashMap<>();

    /** Connections of each user who is present. */
    private final Map<String, Integer> present = new LinkedHashMap<>();

    private long newest;
    private long touchedNanos;

    Room(UUID conversationId, CatchUp catchUp, RoomSettings settings, RoomMeters meters) {
        this.conversationId = conversationId;
        this.catchUp = catchUp;
        this.settings = settings;
        this.meters = meters;
    }

    UUID conversationId() {
        return conversationId;
    }

    void touch() {
        lock.lock();
        try {
            touchedNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    void broadcast(RoomEvent event) {
        lock.lock();
        try {
            if (event.seq() == 0) {
                for (Subscription subscription : subscriptions.values()) {
                    // Whoever is not yet admitted may be a stranger.
                    if (subscription.present) {
                        var unused = subscription.subscriber.offer(event);
                    }
                }
                return;
            }
            newest = Math.max(newest, event.seq());
            for (Subscription subscription : subscriptions.values()) {
                if (subscription.live && event.seq() > subscription.position) {
                    push(subscription, event);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds the subscriber as one that is not yet told anything; an earlier subscription of its ends. */
    Subscription enter(Subscriber subscriber) {
        lock.lock();
        try {
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

    /** Tells everyone else who is live and has time to listen, unless they are too many. */
    void whisper(Subscriber speaker, RoomEvent event) {
        lock.lock();
        try {
            for (Subscription listener : listeners()) {
                if (listener.live && listener.subscriber != speaker) {
                    listener.subscriber.whisper(event);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who is here; the subscriber is told of changes from now on. */
    Present watch(Subscriber subscriber) {
        lock.lock();
        try {
            Subscription watching = subscriptions.get(subscriber);
            if (watching != null) {
                watching.watching = true;
            }
            List<String> users =
                    present.keySet().stream().limit(settings.listedUsers()).toList();
            return new Present(users, present.size() - users.size());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the subscription live if nothing was broadcast beyond its position.
     *
     * @return whether there is nothing left to catch up with, also because the subscription has ended
     */
    boolean goLive(Subscription subscription) {
        lock.lock();
        try {
            if (!subscription.ended && (newest > subscription.position || subscription.mustReadOn)) {
                return false;
            }
            subscription.live = !subscription.ended;
            return true;
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

    /** Whether to begin with what {@link #readOn} asks for; what it asks for from here on is another matter. */
    boolean beginToReadOn(Subscription subscription) {
        lock.lock();
        try {
            boolean must = subscription.mustReadOn;
            subscription.mustReadOn = false;
            return must;
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

    void leave(Subscriber subscriber) {
        lock.lock();
        try {
            end(subscriptions.remove(subscriber));
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

    /** Ends the subscriptions of a user, or all if {@code userId} is null, and tells the clients. */
    void evict(@Nullable String userId) {
        lock.lock();
        try {
            List<Subscriber> leaving = new ArrayList<>();
            for (Subscriber subscriber : subscriptions.keySet()) {
                if (userId == null || subscriber.userId().equals(userId)) {
                    leaving.add(subscriber);
                }
            }
            for (Subscriber subscriber : leaving) {
                end(subscriptions.remove(subscriber));
                subscriber.evicted(conversationId);
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
            evict(null);
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

    /** Whether nobody has been here for so long; a room that has had no message needs less. */
    boolean idleFor(long nanos, long nanosIfUnused) {
        lock.lock();
        try {
            return subscriptions.isEmpty() && System.nanoTime() - touchedNanos > (newest == 0 ? nanosIfUnused : nanos);
        } finally {
            lock.unlock();
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
