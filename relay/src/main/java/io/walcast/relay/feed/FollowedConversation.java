package io.walcast.relay.feed;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One conversation that connected users follow, with the place in its log up to which they got events.
 *
 * <p><b>Lifecycle.</b> Until its last follower leaves: a retired one takes no followers. <b>Concurrency.</b>
 * Thread-safe; calls nothing while it holds its monitor.
 */
final class FollowedConversation {

    /** An event for the followers. If the activity is null, they must read the table. */
    record Broadcast(@Nullable Activity activity, List<UserFeed> followers) {}

    private final UUID id;
    private final Set<UserFeed> followers = new LinkedHashSet<>();
    private long lastPos;
    private long lastSeq;
    private boolean retired;

    FollowedConversation(UUID id) {
        this.id = id;
    }

    UUID id() {
        return id;
    }

    /**
     * Adds a follower.
     *
     * @param seq of the newest message that the follower knows of
     * @return false if this one is retired
     */
    synchronized boolean add(UserFeed follower, long seq) {
        if (!retired) {
            followers.add(follower);
            lastSeq = Math.max(lastSeq, seq);
        }
        return !retired;
    }

    /** Removes a follower; returns whether it was the last one. */
    synchronized boolean remove(UserFeed follower) {
        followers.remove(follower);
        retired = followers.isEmpty();
        return retired;
    }

    /**
     * Takes an event of the stream.
     *
     * @return null if the followers have got it, or a later one
     */
    synchronized @Nullable Broadcast accept(StreamEvent event) {
        if (event.pos() != 0 && event.pos() <= lastPos) {
            return null;
        }
        lastPos = Math.max(lastPos, event.pos());
        Activity.Newest newest = event.newest();
        if (newest != null && newest.seq() < lastSeq) {
            newest = null; // an earlier message was edited or deleted
        } else if (newest != null) {
            lastSeq = newest.seq();
        }
        return new Broadcast(event.pos() == 0 ? null : new Activity(id, event.pos(), newest), List.copyOf(followers));
    }

    /** The followers now. */
    synchronized List<UserFeed> followers() {
        return List.copyOf(followers);
    }

    /** pos of the newest event that was broadcast; 0 if none was. */
    synchronized long lastPos() {
        return lastPos;
    }
}
