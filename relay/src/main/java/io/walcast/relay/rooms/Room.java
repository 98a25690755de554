package io.walcast.relay.rooms;

import io.walcast.relay.rooms.Conversations.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions to one conversation, and the order of what they are sent. Broadcasts, joins and leaves happen one at a
 * time, and subscribers are told of them in that order.
 *
 * <p>It is long because all of it needs one monitor for that order. {@link RoomPresence} and {@link PendingRows} hold what is
 * guarded by the same monitor and can be understood alone; {@link Scout} has a monitor of its own.
 *
 * <p><b>Lifecycle.</b> Until {@link #retire}: a retired room takes nothing more, and its callers look for another one.
 * <b>Concurrency.</b> Thread-safe. The monitor guards the subscriptions as well, and is never held for I/O.
 */
final class Room {

    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** What a subscription must do that has read an empty page. */
    enum Next {
        /** Nothing: it is live, or has ended. */
        DONE,
        /** Read again: the page says nothing about the tail. */
        READ_AGAIN,
        /** Wait for a message that was broadcast and that the table does not show. */
        WAIT
    }

    private final UUID conversationId;
    private final CatchUp catchUp;
    private final RoomMeters meters;
    private final Map<Subscriber, Subscription> subscriptions = new LinkedHashMap<>();
    private final RoomPresence presence;
    private final PendingRows pending = new PendingRows();
    private final Scout scout = new Scout();

    /** The highest seq that was broadcast. */
    private long newest;

    private long touchedNanos = System.nanoTime();
    private boolean retired;

    Room(UUID conversationId, CatchUp catchUp, RoomSettings settings, RoomMeters meters) {
        this.conversationId = conversationId;
        this.catchUp = catchUp;
        this.meters = meters;
        this.presence = new RoomPresence(conversationId, subscriptions.values(), settings);
    }

    UUID conversationId() {
        return conversationId;
    }

    /** Reads for all subscriptions that wait for the newest message. */
    Scout scout() {
        return scout;
    }

    /**
     * Sends the event to every subscription that is live.
     *
     * @param row the outbox row that brought it
     * @return false if this room is retired
     */
    synchronized boolean broadcast(RoomEvent event, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        if (event.seq() == 0) {
            tellAll(event);
            return true;
        }
        newest = Math.max(newest, event.seq());
        pending.broadcast(row);
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.live && event.seq() > subscription.position) {
                push(subscription, event);
            }
        }
        return true;
    }

    /**
     * Tells everyone that a member was removed, and ends that user's subscriptions. From now on the membership of the user is
     * read in a snapshot that shows the removal.
     *
     * @return false if this room is retired
     */
    synchronized boolean remove(String userId, RoomEvent notice, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        pending.removed(userId, row);
        tellAll(notice);
        for (Subscription subscription : List.copyOf(subscriptions.values())) {
            if (subscription.subscriber.userId().equals(userId)) {
                evict(subscription);
            }
        }
        return true;
    }

    /**
     * Ends all subscriptions: the row may have removed any of their users.
     *
     * @return false if this room is retired
     */
    synchronized boolean close(long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        pending.removedSomebody(row);
        evictAll();
        return true;
    }

    /**
     * Adds a subscription that is sent nothing yet, and ends an earlier one of the same subscriber.
     *
     * @return null if this room is retired
     */
    synchronized @Nullable Subscription enter(Subscriber subscriber) {
        if (retired) {
            return null;
        }
        touchedNanos = System.nanoTime();
        var subscription = new Subscription(subscriber);
        Subscription before = subscriptions.put(subscriber, subscription);
        if (before != null) {
            presence.replace(before, subscription);
            end(before);
        }
        return subscription;
    }

    /**
     * Announces that the subscription is admitted, and then serves it from the message after {@code position} on.
     *
     * @param lastSeq the conversation's newest message as the table showed it after the subscriber entered
     * @return false if the subscription had ended before; then nothing was announced
     */
    synchronized boolean serve(Subscription subscription, long position, long lastSeq, Runnable announce) {
        if (subscription.ended) {
            return false;
        }
        announce.run();
        if (subscription.ended) {
            return true;
        }
        subscription.position = position;
        presence.add(subscription);
        if (position == lastSeq && newest <= position && !subscription.resyncPending) {
            subscription.live = true;
        } else {
            catchUp.begin(this, subscription);
        }
        return true;
    }

    /**
     * Ends a subscription that is not admitted, and then announces that.
     *
     * @return false if it had ended before; then nothing was announced, since a later request of the client counts
     */
    synchronized boolean refuse(Subscription subscription, Runnable announce) {
        if (subscription.ended) {
            return false;
        }
        leave(subscription);
        announce.run();
        return true;
    }

    /** What must be read for a join of this user. */
    synchronized Question question(String userId) {
        return new Question(conversationId, userId, pending.membershipRow(userId), pending.newestMessage());
    }

    synchronized boolean isNewest(long row) {
        return pending.newestMessage() == row;
    }

    /**
     * Sends a transient event to the other subscribers that are live, unless the room is too large.
     *
     * @return false if the sender has not been admitted
     */
    synchronized boolean sendVolatile(Subscriber sender, RoomEvent event) {
        if (admitted(sender) == null) {
            return false;
        }
        presence.sendVolatile(sender, event);
        return true;
    }

    /** The users that are present, of whose changes the subscriber is told from now on; null if it has not been admitted. */
    synchronized @Nullable PresenceList watch(Subscriber subscriber) {
        Subscription watching = admitted(subscriber);
        if (watching == null) {
            return null;
        }
        watching.watching = true;
        return presence.list();
    }

    /**
     * Makes the subscription live if it has everything that was broadcast.
     *
     * @param row what {@link #beginPage} returned for the page that was empty
     * @param settled whether that page was read from a snapshot that settles the row
     */
    synchronized Next goLive(Subscription subscription, long row, boolean settled) {
        if (subscription.ended) {
            return Next.DONE;
        }
        if (subscription.resyncPending) {
            return Next.READ_AGAIN;
        }
        if (newest > subscription.position) {
            if (!settled || row != pending.newestMessage()) {
                return Next.WAIT;
            }
            LOG.warn(
                    "Conversation {} has no message {}, though outbox row {} or an earlier one announced it. The number is skipped",
                    conversationId,
                    newest,
                    row);
            newest = subscription.position;
        }
        subscription.live = true;
        return Next.DONE;
    }

    /**
     * Queues a message that was read from the table for a subscription that catches up, unless it has ended meanwhile.
     *
     * @return false if the subscriber's queue is full
     */
    synchronized boolean offer(Subscription subscription, RoomEvent message) {
        if (!subscription.ended) {
            if (!subscription.subscriber.offer(message)) {
                return false;
            }
            subscription.position = message.seq();
        }
        return true;
    }

    /**
     * Has every subscription read the table again: another relay may have delivered messages and removals that this process
     * never saw.
     */
    synchronized void resyncFromTable() {
        for (Subscription subscription : subscriptions.values()) {
            subscription.resyncPending = true;
            if (subscription.live) {
                subscription.live = false;
                catchUp.begin(this, subscription);
            }
        }
    }

    /**
     * Begins to read a page for the subscription. A later {@link #resyncFromTable} asks for another page after it.
     *
     * @return the row that the page's snapshot must settle for the subscription to be live after it
     */
    synchronized long beginPage(Subscription subscription) {
        subscription.resyncPending = false;
        return newest > subscription.position ? pending.newestMessage() : 0;
    }

    /** The page could not be read. */
    synchronized void retryResync(Subscription subscription) {
        subscription.resyncPending = true;
    }

    synchronized boolean ended(Subscription subscription) {
        return subscription.ended;
    }

    /** The highest seq that was broadcast here; 0 if none was while this room is remembered. */
    synchronized long newest() {
        return newest;
    }

    /** Ends the subscriber's subscription, if it has one, and then announces that. */
    synchronized void leave(Subscriber subscriber, Runnable announce) {
        Subscription subscription = subscriptions.remove(subscriber);
        if (subscription != null) {
            end(subscription);
        }
        announce.run();
    }

    synchronized void leave(Subscription subscription) {
        if (subscriptions.remove(subscription.subscriber, subscription)) {
            end(subscription);
        }
    }

    /** Ends a subscription whose user is no longer a member, and tells the client. */
    synchronized void evict(Subscription subscription) {
        if (!subscription.ended) {
            leave(subscription);
            subscription.subscriber.evicted(conversationId);
        }
    }

    /** Ends all subscriptions and forgets what was broadcast: the history of the conversation is another one. */
    synchronized void beginAgain() {
        newest = 0;
        pending.forgetRemovals();
        evictAll();
    }

    synchronized int size() {
        return subscriptions.size();
    }

    /** The outbox rows that somebody may have to wait for. */
    synchronized List<Long> unsettledRows() {
        return pending.unsettled(subscriptions.isEmpty());
    }

    /** Every snapshot from now on settles these rows. */
    synchronized void settle(Set<Long> rows) {
        pending.settle(rows);
    }

    /**
     * Retires this room if it has been empty for so long, and the tables show all that was delivered to it. A room that has
     * had no message needs less time.
     */
    synchronized boolean retire(long nanos, long nanosIfUnused) {
        retired = subscriptions.isEmpty()
                && pending.isEmpty()
                && System.nanoTime() - touchedNanos > (newest == 0 ? nanosIfUnused : nanos);
        return retired;
    }

    private @Nullable Subscription admitted(Subscriber subscriber) {
        Subscription subscription = subscriptions.get(subscriber);
        return subscription == null || !subscription.present ? null : subscription;
    }

    /** But not those whose join is not answered yet: their users may be strangers. */
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

    private void end(Subscription subscription) {
        subscription.ended = true;
        subscription.live = false;
        presence.remove(subscription);
    }
}
