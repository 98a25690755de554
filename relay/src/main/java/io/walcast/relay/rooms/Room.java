package io.walcast.relay.rooms;

import io.walcast.relay.rooms.Conversations.Page;
import io.walcast.relay.rooms.Conversations.Question;
import io.walcast.relay.rooms.Conversations.Wanted;
import io.walcast.relay.rooms.JoinResult.Joined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions to one conversation in this process. Broadcasts, joins and leaves happen one at a time, and
 * subscribers get them in that order.
 *
 * <p>The class is long because all of it needs one monitor for that order. {@link RoomPresence}, {@link PendingRows}
 * and {@link ReadMarkers} are parts of its state under the same monitor; {@link Scout} has a monitor of its own.
 *
 * <p><b>Lifecycle.</b> Until {@link #retire}: a retired room accepts no call, and its callers use another room.
 * <b>Concurrency.</b> Thread-safe. The monitor guards the subscriptions as well, and is never held for I/O.
 */
final class Room {

    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** The next step of a subscription that has read an empty page. */
    enum Next {
        /** Nothing: it is live, or has ended. */
        DONE,
        /** Read again: the page says nothing about the tail. */
        READ_AGAIN,
        /** Wait for an event that was delivered and that the table does not show. */
        WAIT,
        /** Wait until the subscriber's queue has room. */
        FULL
    }

    private final UUID conversationId;
    private final CatchUp catchUp;
    private final RoomMeters meters;
    private final Map<Subscriber, Subscription> subscriptions = new LinkedHashMap<>();
    private final RoomPresence presence;
    private final PendingRows pending = new PendingRows();
    private final ReadMarkers markers = new ReadMarkers();
    private final Scout scout = new Scout();

    /** The highest place in the log that a delivered row has named. */
    private long newest;

    /** The highest seq that was delivered. */
    private long newestSeq;

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

    /** The subscription that reads for all that wait for the newest event. */
    Scout scout() {
        return scout;
    }

    /**
     * Sends the event to every subscription that is live.
     *
     * @param row the outbox row of the event
     * @return false if this room is retired
     */
    synchronized boolean broadcast(RoomEvent event, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        send(event, row);
        return true;
    }

    /**
     * Makes the subscriptions read the table up to a row of the log whose content is there only.
     *
     * @param pos the row's place in the log; 0 if it names none
     * @param seq of the message that it creates; 0 if it names none
     * @return false if this room is retired
     */
    synchronized boolean readTable(long pos, long seq, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        newest = Math.max(newest, pos);
        newestSeq = Math.max(newestSeq, seq);
        pending.deliveredInTable(row);
        for (Subscription subscription : subscriptions.values()) {
            if (pos == 0 || pos > subscription.position) {
                subscription.rowPending = true;
                if (subscription.live) {
                    subscription.live = false;
                    catchUp.begin(this, subscription);
                }
            }
        }
        return true;
    }

    /**
     * Sends a user's read marker to the user's own connections, and in a small room to all.
     *
     * @param row the outbox row of the event
     * @return false if this room is retired
     */
    synchronized boolean read(String userId, RoomEvent event, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        markers.delivered(userId, event, row, touchedNanos);
        // Subscribers that catch up get it as well. New ones get it when they are served.
        for (Subscription reader : presence.readers(userId)) {
            if (reader.present && !reader.subscriber.offer(event)) {
                readAgain(reader);
            }
        }
        return true;
    }

    /**
     * Sends the removal of a member to everyone, and ends that user's subscriptions. From now on the user's membership
     * is read from a snapshot that shows the removal.
     *
     * @return false if this room is retired
     */
    synchronized boolean remove(String userId, RoomEvent event, long row) {
        if (retired) {
            return false;
        }
        touchedNanos = System.nanoTime();
        pending.removed(userId, row);
        send(event, row);
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
     * Adds a subscription, which gets no events yet, and ends an earlier one of the same subscriber.
     *
     * @return null if this room is retired
     */
    synchronized @Nullable Subscription enter(Subscriber subscriber) {
        if (retired) {
            return null;
        }
        touchedNanos = System.nanoTime();
        var subscription = new Subscription(subscriber);
        subscription.rowPending = pending.inTableOnly();
        Subscription before = subscriptions.put(subscriber, subscription);
        if (before != null) {
            presence.replace(before, subscription);
            end(before);
        }
        return subscription;
    }

    /**
     * Announces that the subscription is admitted, and then serves it.
     *
     * @param joined the conversation as the table showed it after the subscriber entered
     * @param seq only messages with a higher seq are sent
     * @param reads the read markers at that time
     * @return false if the subscription had ended before; then nothing was announced
     */
    synchronized boolean serve(
            Subscription subscription, Joined joined, long seq, List<RoomEvent> reads, Runnable announce) {
        if (subscription.ended) {
            return false;
        }
        announce.run();
        if (subscription.ended) {
            return true;
        }
        subscription.position = joined.position();
        subscription.seq = seq;
        presence.add(subscription);
        if (joined.position() == joined.lastPos()
                && newest <= joined.position()
                && !subscription.rowPending
                && !subscription.resyncPending
                && tellReads(subscription, reads)) {
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

    /**
     * The query for a join of this user.
     *
     * @param after the message whose place in the log is wanted; null if none is
     */
    synchronized Question question(String userId, @Nullable Long after) {
        return new Question(
                conversationId, userId, after, pending.membershipRow(userId), pending.newest(), presence.isIntimate());
    }

    synchronized boolean isNewest(long row) {
        return pending.newest() == row;
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

    /**
     * Returns the users that are present, and sends the subscriber changes from now on; null if it has not been
     * admitted.
     */
    synchronized @Nullable PresenceList watch(Subscriber subscriber) {
        Subscription watching = admitted(subscriber);
        if (watching == null) {
            return null;
        }
        watching.watching = true;
        return presence.list();
    }

    /**
     * Makes the subscription live if it has everything that was delivered.
     *
     * @param wanted the result of {@link #beginPage} for the empty page
     */
    synchronized Next goLive(Subscription subscription, Wanted wanted, Page page) {
        if (subscription.ended) {
            return Next.DONE;
        }
        if (subscription.resyncPending) {
            return Next.READ_AGAIN;
        }
        if (newest > subscription.position || subscription.rowPending) {
            if (!page.settled() || wanted.row() != pending.newest()) {
                return Next.WAIT;
            }
            if (newest > subscription.position) {
                LOG.warn(
                        "Conversation {} has no event {}, though outbox row {} or an earlier one announced it. The place is skipped",
                        conversationId,
                        newest,
                        wanted.row());
                newest = subscription.position;
                newestSeq = Math.min(newestSeq, subscription.seq);
            }
            pending.settleNewest();
            subscription.rowPending = false;
        }
        if (subscription.readsPending && !wanted.reads()) {
            return Next.READ_AGAIN;
        }
        if (wanted.reads() ? !tellReads(subscription, page.reads()) : !tellReads(subscription)) {
            return Next.FULL;
        }
        subscription.live = true;
        subscription.atFirstPage = true;
        return Next.DONE;
    }

    /**
     * Queues an event that was read from the table for a subscription that catches up, unless it has ended meanwhile.
     *
     * @return false if the subscriber's queue is full
     */
    synchronized boolean offer(Subscription subscription, RoomEvent event) {
        if (!subscription.ended) {
            if (!subscription.subscriber.offer(event)) {
                return false;
            }
            moveTo(subscription, event);
        }
        return true;
    }

    /**
     * Makes every subscription read the table again: another relay may have delivered messages and removals that this
     * process never saw.
     */
    synchronized void resyncFromTable() {
        for (Subscription subscription : subscriptions.values()) {
            subscription.resyncPending = true;
            subscription.readsPending = true;
            if (subscription.live) {
                subscription.live = false;
                catchUp.begin(this, subscription);
            }
        }
    }

    /** Begins to read a page for the subscription. A later {@link #resyncFromTable} asks for another page after it. */
    synchronized Wanted beginPage(Subscription subscription) {
        subscription.resyncPending = false;
        boolean first = subscription.atFirstPage;
        subscription.atFirstPage = false;
        return new Wanted(
                subscription.position,
                subscription.seq,
                newest > subscription.position || subscription.rowPending ? pending.newest() : 0,
                subscription.readsPending,
                presence.isIntimate(),
                first);
    }

    /** Notes that the page could not be read. */
    synchronized void retryResync(Subscription subscription) {
        subscription.resyncPending = true;
    }

    synchronized boolean ended(Subscription subscription) {
        return subscription.ended;
    }

    /** The highest place in the log that was delivered to this room; 0 if there is none. */
    synchronized long newest() {
        return newest;
    }

    /** The highest seq that was delivered to this room; 0 if there is none. */
    synchronized long newestSeq() {
        return newestSeq;
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

    /**
     * Ends all subscriptions and drops delivered numbers, removals and markers: the conversation has another history.
     */
    synchronized void beginAgain() {
        newest = 0;
        newestSeq = 0;
        pending.forgetRemovals();
        markers.forget();
        evictAll();
    }

    synchronized int size() {
        return subscriptions.size();
    }

    /** The outbox rows that a join or a page may have to wait for. */
    synchronized List<Long> unsettledRows() {
        List<Long> rows = pending.unsettled(subscriptions.isEmpty());
        rows.addAll(markers.unsettled(System.nanoTime()));
        return rows;
    }

    /** Drops these rows: every snapshot from now on settles them. */
    synchronized void settle(Set<Long> rows) {
        pending.settle(rows);
        markers.settle(rows);
    }

    /**
     * Retires this room if it is empty, the tables show all that was delivered to it, and its last event or entry was
     * {@code nanos} ago. For a room without an event of the log {@code nanosIfUnused} is enough.
     */
    synchronized boolean retire(long nanos, long nanosIfUnused) {
        retired = subscriptions.isEmpty()
                && pending.isEmpty()
                && markers.isEmpty()
                && System.nanoTime() - touchedNanos > (newest == 0 ? nanosIfUnused : nanos);
        return retired;
    }

    private @Nullable Subscription admitted(Subscriber subscriber) {
        Subscription subscription = subscriptions.get(subscriber);
        return subscription == null || !subscription.present ? null : subscription;
    }

    private void send(RoomEvent event, long row) {
        if (event.pos() == 0) {
            tellAll(event);
            return;
        }
        newest = Math.max(newest, event.pos());
        newestSeq = Math.max(newestSeq, event.seq());
        pending.delivered(row);
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.live && event.pos() > subscription.position) {
                push(subscription, event);
            }
        }
    }

    /** Sends to all subscriptions except those whose join is not answered yet: their users may not be members. */
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
        boolean next = event.from() <= subscription.position;
        if (next && subscription.subscriber.offer(event)) {
            moveTo(subscription, event);
            return;
        }
        subscription.live = false;
        if (next) {
            fellBehind(subscription);
        }
        catchUp.begin(this, subscription);
    }

    private static void moveTo(Subscription subscription, RoomEvent event) {
        subscription.position = event.pos();
        subscription.seq = Math.max(subscription.seq, event.seq());
    }

    /**
     * The queue was full. Other events that are not queued meanwhile, such as read markers, are read from the table.
     */
    private void fellBehind(Subscription subscription) {
        meters.resynced();
        subscription.readsPending = true;
        subscription.subscriber.resync(conversationId, subscription.seq, subscription.position);
    }

    private void readAgain(Subscription subscription) {
        subscription.readsPending = true;
        if (subscription.live) {
            subscription.live = false;
            fellBehind(subscription);
            catchUp.begin(this, subscription);
        }
    }

    /**
     * Takes the read markers from the tables, and queues as many as the subscriber has room for; returns whether those
     * are all.
     */
    private boolean tellReads(Subscription subscription, List<RoomEvent> shown) {
        subscription.readsPending = false;
        subscription.reads.clear();
        subscription.reads.addAll(markers.with(shown, subscription.subscriber.userId(), presence.isIntimate()));
        return tellReads(subscription);
    }

    private static boolean tellReads(Subscription subscription) {
        while (!subscription.reads.isEmpty()) {
            if (!subscription.subscriber.offer(subscription.reads.element())) {
                return false;
            }
            subscription.reads.remove();
        }
        return true;
    }

    private void end(Subscription subscription) {
        subscription.ended = true;
        subscription.live = false;
        presence.remove(subscription);
    }
}
