package io.walcast.relay.feed;

import io.walcast.relay.feed.FeedTables.Changes;
import io.walcast.relay.feed.FeedTables.Listed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of one user. The stream and the tables both tell of them, and either may be ahead: the higher version
 * counts. A removal is remembered until the tables are known to show it.
 *
 * <p><b>Concurrency.</b> Not thread-safe: guarded by the monitor of its {@link UserFeed}.
 */
final class Memberships {

    /** @param number in the order in which memberships and removals became known here */
    private record Membership(FollowedConversation conversation, long version, long number) {}

    private record Removal(long version, long number) {}

    private final UserFeed follower;
    private final FollowedConversations conversations;
    private final Map<UUID, Membership> memberships = new HashMap<>();
    private final Map<UUID, Removal> removals = new HashMap<>();
    private long numbers;

    Memberships(UserFeed follower, FollowedConversations conversations) {
        this.follower = follower;
        this.conversations = conversations;
    }

    /** A conversation of the user; null if the user is no member of it. */
    @Nullable
    FollowedConversation get(UUID id) {
        Membership membership = memberships.get(id);
        return membership == null ? null : membership.conversation;
    }

    Set<UUID> ids() {
        return memberships.keySet();
    }

    /** The conversations whose removal is remembered. */
    Set<UUID> removed() {
        return removals.keySet();
    }

    /** The number of the newest membership or removal. */
    long newest() {
        return numbers;
    }

    /** Whether the budget has room for all listed conversations. */
    boolean hasRoomFor(Changes changes) {
        return conversations.hasRoomFor((int) changes.listed().stream()
                .filter(listed -> !memberships.containsKey(listed.conversationId()))
                .count());
    }

    /** Takes the listed conversations; returns the new ones. */
    Set<UUID> take(Changes changes) {
        Set<UUID> entered = new HashSet<>();
        for (Listed listed : changes.listed()) {
            if (added(listed.conversationId(), listed.version(), listed.lastSeq(), false)) {
                entered.add(listed.conversationId());
            }
        }
        return entered;
    }

    /**
     * Takes a membership from the stream.
     *
     * @param version 0 if it is unknown
     * @return whether the conversation is new here
     */
    boolean added(UUID id, long version) {
        return added(id, version, 0, version == 0);
    }

    /** @param certain whether it counts with any version */
    private boolean added(UUID id, long version, long lastSeq, boolean certain) {
        Removal removal = removals.get(id);
        if (!certain && removal != null && version <= removal.version) {
            return false;
        }
        removals.remove(id);
        Membership before = memberships.get(id);
        if (before == null) {
            memberships.put(id, new Membership(conversations.add(id, follower, lastSeq), version, ++numbers));
            return true;
        }
        if (version > before.version) {
            memberships.put(id, new Membership(before.conversation, version, before.number));
        }
        return false;
    }

    /**
     * Takes the end of a membership from the stream.
     *
     * @param version 0 if it is unknown
     * @return false if it is older than the known membership
     */
    boolean removed(UUID id, long version) {
        Membership before = memberships.get(id);
        if (before != null && version != 0 && version < before.version) {
            return false;
        }
        long until = version != 0 ? version : before != null ? before.version : Long.MAX_VALUE;
        removals.put(id, new Removal(until, ++numbers));
        if (before != null) {
            end(id, before);
        }
        return true;
    }

    /** Takes the end of a membership from the tables; returns whether one ended here. */
    boolean ended(UUID id, long version) {
        Membership membership = memberships.get(id);
        if (membership == null || membership.version >= version) {
            return false;
        }
        end(id, membership);
        return true;
    }

    /** Ends the memberships up to that number that the tables do not list; returns them. */
    List<UUID> endUnlisted(Changes changes, long number) {
        Set<UUID> listed = new HashSet<>();
        changes.listed().forEach(each -> listed.add(each.conversationId()));
        List<UUID> ended = new ArrayList<>();
        for (Map.Entry<UUID, Membership> entry : List.copyOf(memberships.entrySet())) {
            if (entry.getValue().number <= number && !listed.contains(entry.getKey())) {
                end(entry.getKey(), entry.getValue());
                ended.add(entry.getKey());
            }
        }
        return ended;
    }

    /** Forgets the removals up to that number: the tables show them. */
    void forgetRemovals(long number) {
        removals.values().removeIf(removal -> removal.number <= number);
    }

    void clear() {
        memberships.values().forEach(membership -> conversations.remove(membership.conversation, follower));
        memberships.clear();
        removals.clear();
    }

    private void end(UUID id, Membership membership) {
        memberships.remove(id);
        conversations.remove(membership.conversation, follower);
    }
}
