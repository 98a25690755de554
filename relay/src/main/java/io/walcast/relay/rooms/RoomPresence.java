package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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

    /** The number of connections of each user, in the order in which the users came. */
    private final Map<String, Integer> connections = new LinkedHashMap<>();

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
        if (connections.merge(userId, 1, Integer::sum) == 1) {
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
        if (connections.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1) == null) {
            tellWatchers(RoomEvent.presence(conversationId, userId, false));
        }
    }

    /** A subscriber that joins again has not been away: its new subscription is counted in place of the old one. */
    void replace(Subscription old, Subscription replacement) {
        replacement.present = old.present;
        old.present = false;
        replacement.watching = old.watching;
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
        return subscriptions.size() > settings.intimateSize() ? List.of() : subscriptions;
    }
}
