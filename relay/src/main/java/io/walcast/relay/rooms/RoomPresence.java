package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which users are present in one room, and the subscriptions that are told of changes. A user is present while at least one
 * of its connections has been admitted.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Not thread-safe: guarded by the room's monitor.
 */
final class RoomPresence {

    private final UUID conversationId;
    private final Collection<Subscription> subscriptions;
    private final RoomSettings settings;

    /** The connections of each user, in the order in which the users came. */
    private final Map<String, List<Subscription>> connections = new LinkedHashMap<>();

    /** @param subscriptions a view of all that are in the room */
    RoomPresence(UUID conversationId, Collection<Subscription> subscriptions, RoomSettings settings) {
        this.conversationId = conversationId;
        this.subscriptions = subscriptions;
        this.settings = settings;
    }

    /** Counts an admitted subscription, once. */
    void add(Subscription subscription) {
        if (subscription.present) {
            return;
        }
        subscription.present = true;
        String userId = subscription.subscriber.userId();
        if (connections.merge(userId, List.of(subscription), RoomPresence::both).size() == 1) {
            tellWatchers(RoomEvent.presence(conversationId, userId, true));
        }
    }

    /** Counts a subscription no longer, if it was counted. */
    void remove(Subscription subscription) {
        if (!subscription.present) {
            return;
        }
        subscription.present = false;
        String userId = subscription.subscriber.userId();
        if (connections.computeIfPresent(userId, (user, all) -> without(all, subscription)) == null) {
            tellWatchers(RoomEvent.presence(conversationId, userId, false));
        }
    }

    /** A subscriber that joins again has not been away: its new subscription is counted in place of the old one. */
    void replace(Subscription old, Subscription replacement) {
        replacement.present = old.present;
        old.present = false;
        replacement.watching = old.watching;
        connections.computeIfPresent(
                old.subscriber.userId(),
                (user, all) ->
                        all.stream().map(one -> one == old ? replacement : one).toList());
    }

    /** Those that are told how far a user has read: all in a small room, and the user's own in any. */
    Collection<Subscription> readers(String userId) {
        return isIntimate() ? subscriptions : connections.getOrDefault(userId, List.of());
    }

    /** The users that are present, of whom an answer names a limited number. */
    PresenceList list() {
        List<String> users =
                connections.keySet().stream().limit(settings.listedUsers()).toList();
        return new PresenceList(users, connections.size() - users.size());
    }

    /** Sends a transient event to the other subscribers that are live. */
    void sendVolatile(Subscriber sender, RoomEvent event) {
        for (Subscription listener : listeners()) {
            if (listener.live && listener.subscriber != sender) {
                listener.subscriber.sendVolatile(event);
            }
        }
    }

    private void tellWatchers(RoomEvent event) {
        for (Subscription listener : listeners()) {
            if (listener.watching) {
                listener.subscriber.sendVolatile(event);
            }
        }
    }

    /** None in a large room: each connection would be told of each, and the cost would grow with the square. */
    private Collection<Subscription> listeners() {
        return isIntimate() ? subscriptions : List.of();
    }

    /** Whether everyone may be told of everyone. */
    boolean isIntimate() {
        return subscriptions.size() <= settings.intimateSize();
    }

    private static List<Subscription> both(List<Subscription> some, List<Subscription> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static @Nullable List<Subscription> without(List<Subscription> all, Subscription one) {
        return all.size() == 1
                ? null
                : all.stream().filter(other -> other != one).toList();
    }
}
