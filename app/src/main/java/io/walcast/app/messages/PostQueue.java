package io.walcast.app.messages;

import io.walcast.app.messages.PendingPost.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The posts that wait for a statement. It decides which of them may be written together now.
 *
 * <p>Posts to one conversation are written in the order of their arrival, and posts with the same key one after the
 * other: a conversation or a key is in one statement at a time. While others wait, a conversation gets a quarter of a
 * group. Posts to conversations that another transaction has locked wait in queues of their own, which may take half of
 * all places.
 *
 * <p>Not thread-safe: {@link PostGroups} guards it.
 */
final class PostQueue {

    /** While others wait, a conversation gets one in so many places of a group. */
    private static final int SHARES = 4;

    private final PostSettings settings;
    private final Deque<PendingPost> waiting = new ArrayDeque<>();

    /** By conversation, in the order of their turns. */
    private final Map<UUID, Deque<PendingPost>> locked = new LinkedHashMap<>();

    private final Set<UUID> conversationsBeingWritten = new HashSet<>();
    private final Set<Key> keysBeingWritten = new HashSet<>();

    PostQueue(PostSettings settings) {
        this.settings = settings;
    }

    /**
     * Appends a post.
     *
     * @return false if too many wait already, of all conversations or of those that are locked; then it was not
     *     appended
     */
    boolean offer(PendingPost post) {
        Deque<PendingPost> apart = locked.get(post.conversationId());
        if (size() >= settings.maxWaiting() || apart != null && !hasRoom(apart)) {
            return false;
        }
        (apart == null ? waiting : apart).addLast(post);
        return true;
    }

    /** Removes a waiting post; false if it does not wait. */
    boolean remove(PendingPost post) {
        Deque<PendingPost> apart = locked.get(post.conversationId());
        return waiting.remove(post) || apart != null && apart.remove(post);
    }

    int size() {
        return waiting.size() + lockedPosts();
    }

    /** Takes the posts of one statement, in the order of their arrival; empty if none may be written now. */
    List<PendingPost> takeGroup() {
        var group = new Group();
        group.takeFrom(waiting, Math.max(1, settings.groupPosts() / SHARES));
        group.takeFrom(waiting, settings.groupPosts());
        group.posts.sort(Comparator.comparingLong(post -> post.arrivedNanos));
        return begin(group);
    }

    /** As {@link #takeGroup}, for the next locked conversation. */
    List<PendingPost> takeLockedGroup() {
        locked.values().removeIf(Deque::isEmpty);
        var group = new Group();
        for (Deque<PendingPost> posts : locked.values()) {
            group.takeFrom(posts, settings.groupPosts());
            if (!group.posts.isEmpty()) {
                break;
            }
        }
        return begin(group);
    }

    /**
     * Ends a group.
     *
     * @param notWritten those of its posts whose conversation another transaction has locked: they wait in its queue,
     *     before later ones. A conversation that was locked and is not among them counts as unlocked again
     */
    void end(List<PendingPost> group, List<PendingPost> notWritten) {
        for (PendingPost post : group) {
            conversationsBeingWritten.remove(post.conversationId());
            if (post.key != null) {
                keysBeingWritten.remove(post.key);
            }
            Deque<PendingPost> apart = locked.remove(post.conversationId());
            if (apart != null) {
                apart.descendingIterator().forEachRemaining(waiting::addFirst);
            }
        }
        for (int i = notWritten.size() - 1; i >= 0; i--) {
            PendingPost post = notWritten.get(i);
            locked.computeIfAbsent(post.conversationId(), this::movedFromWaiting)
                    .addFirst(post);
        }
    }

    private List<PendingPost> begin(Group group) {
        for (PendingPost post : group.posts) {
            conversationsBeingWritten.add(post.conversationId());
            if (post.key != null) {
                keysBeingWritten.add(post.key);
            }
        }
        return group.posts;
    }

    private Deque<PendingPost> movedFromWaiting(UUID conversationId) {
        Deque<PendingPost> moved = new ArrayDeque<>();
        for (Iterator<PendingPost> posts = waiting.iterator(); posts.hasNext(); ) {
            PendingPost post = posts.next();
            if (post.conversationId().equals(conversationId)) {
                moved.addLast(post);
                posts.remove();
            }
        }
        return moved;
    }

    private boolean hasRoom(Deque<PendingPost> apart) {
        return apart.size() < Math.max(1, settings.maxWaiting() / SHARES)
                && lockedPosts() < Math.max(1, settings.maxWaiting() / 2);
    }

    private int lockedPosts() {
        int posts = 0;
        for (Deque<PendingPost> apart : locked.values()) {
            posts += apart.size();
        }
        return posts;
    }

    /** A group that is being put together. */
    private final class Group {

        private final List<PendingPost> posts = new ArrayList<>();
        private final Map<UUID, Integer> byConversation = new HashMap<>();
        private final Set<Key> keys = new HashSet<>();
        private long bytes;

        /** @param share most posts of one conversation */
        void takeFrom(Deque<PendingPost> queue, int share) {
            Set<UUID> passedOver = new HashSet<>();
            for (Iterator<PendingPost> each = queue.iterator();
                    each.hasNext() && posts.size() < settings.groupPosts(); ) {
                PendingPost post = each.next();
                if (post.timeLeft(settings.maxWait()) <= 0) {
                    continue; // Its own thread is about to remove it.
                }
                if (passedOver.contains(post.conversationId()) || !admits(post, share)) {
                    passedOver.add(post.conversationId());
                } else {
                    add(post);
                    each.remove();
                }
            }
        }

        private boolean admits(PendingPost post, int share) {
            return !conversationsBeingWritten.contains(post.conversationId())
                    && (post.key == null || !keysBeingWritten.contains(post.key) && !keys.contains(post.key))
                    && (posts.isEmpty()
                            || bytes + post.bytes <= settings.groupSize().toBytes())
                    && byConversation.getOrDefault(post.conversationId(), 0) < share;
        }

        private void add(PendingPost post) {
            posts.add(post);
            bytes += post.bytes;
            byConversation.merge(post.conversationId(), 1, Integer::sum);
            if (post.key != null) {
                keys.add(post.key);
            }
        }
    }
}
