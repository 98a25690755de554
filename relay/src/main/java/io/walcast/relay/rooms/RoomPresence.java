package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The users that are present in one room, and the subscriptions that get the changes. A user is present while at least
 * one of its connections is admitted.
 *
 * <p><b>Lifecycle.</b> That of its room. <b>Concurrency.</b> Not thread-safe: guarded by the room's monitor.
 */
final class RoomPresence {

    private final UUID conversationId;
    private final Collection<Subscription> subscriptions;
    private final RoomSettings settings;

    /** The connections of each user, in the order in which the users came. */
    private final Map<String, List<Subscription>> connections = new LinkedHashMap<>();

    /** @param subscriptions a view of all subscriptions of the room */
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

    /** Stops counting a subscription, if it was counted. */
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

    /** Counts the new subscription of a subscriber that joins again in place of the old one: the user stays present. */
    void replace(Subscription old, Subscription replacement) {
        replacement.present = old.present;
        old.present = false;
        replacement.watching = old.watching;
        connections.computeIfPresent(
                old.subscriber.userId(),
                (user, all) ->
                        all.stream().map(one -> one == old ? replacement : one).toList());
    }

    /** The subscriptions that get a user's read marker: all in a small room, else the user's own. */
    Collection<Subscription> readers(String userId) {
        return isIntimate() ? subscriptions : connections.getOrDefault(userId, List.of());
    }

    /** The users that are present. The list names a limited number of them. */
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

    /** The receivers of transient events. A large room has none, since the cost grows with the square of the room. */
    private Collection<Subscription> listeners() {
        return isIntimate() ? subscriptions : List.of();
    }

    /** Whether the room is small enough for events from everyone to everyone. */
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
