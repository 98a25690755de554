package io.walcast.relay.feed;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The conversations that connected users follow, and their number. Thread-safe. */
final class FollowedConversations {

    private final Map<UUID, FollowedConversation> conversations = new ConcurrentHashMap<>();
    private final AtomicInteger followed = new AtomicInteger();
    private final int budget;

    /** @param budget most conversations, each counted once for each follower */
    FollowedConversations(int budget) {
        this.budget = budget;
    }

    /** Whether so many more may be followed. */
    boolean hasRoomFor(int more) {
        return followed.get() + (long) more <= budget;
    }

    /** Adds a follower, without a check of the budget. */
    FollowedConversation add(UUID id, UserFeed follower, long lastSeq) {
        while (true) {
            FollowedConversation conversation = conversations.computeIfAbsent(id, FollowedConversation::new);
            if (conversation.add(follower, lastSeq)) {
                followed.incrementAndGet();
                return conversation;
            }
            conversations.remove(id, conversation);
        }
    }

    void remove(FollowedConversation conversation, UserFeed follower) {
        followed.decrementAndGet();
        if (conversation.remove(follower)) {
            conversations.remove(conversation.id(), conversation);
        }
    }

    @Nullable
    FollowedConversation get(UUID id) {
        return conversations.get(id);
    }

    int followed() {
        return followed.get();
    }

    /** The number of different conversations. */
    int size() {
        return conversations.size();
    }

    int budget() {
        return budget;
    }
}
