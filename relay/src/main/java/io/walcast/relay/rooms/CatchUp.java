package io.walcast.relay.rooms;

import io.walcast.relay.rooms.Conversations.Page;
import io.walcast.relay.rooms.Conversations.Wanted;
import io.walcast.relay.runtime.Tasks;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Brings subscriptions up to date from the tables: reads a page, queues it, waits for a slow client, and repeats this
 * until the subscription can be live.
 *
 * <p>Each page checks the membership, so a member who was removed reads nothing that was committed after the removal,
 * even if the relay lags.
 *
 * <p>A few threads serve all subscriptions. Each of these has at most one task at a time, so they share the threads
 * fairly. If the commit of an event is not yet visible, one subscription of the room reads again after growing pauses,
 * for all of them.
 */
class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /** After a full client queue has room again, the pause before the next page. */
    private static final Duration RETRY = Duration.ofMillis(2);

    private final Conversations conversations;
    private final Tasks tasks;

    CatchUp(Conversations conversations, Tasks tasks) {
        this.conversations = conversations;
        this.tasks = tasks;
    }

    /** Starts the subscription's one task. Called with the room's lock held. */
    void begin(Room room, Subscription subscription) {
        tasks.execute(() -> step(room, subscription));
    }

    private void step(Room room, Subscription subscription) {
        boolean waits = false;
        try {
            waits = advance(room, subscription);
        } catch (RuntimeException | Error e) {
            // Others wait for a scout only while it waits for the table.
            waits = e instanceof DataAccessException;
            failed(room, subscription, e);
        } finally {
            if (!waits) {
                for (Subscription other : room.scout().release(subscription, !room.ended(subscription))) {
                    begin(room, other);
                }
            }
        }
    }

    /** Returns whether the subscription waits for the table. */
    private boolean advance(Room room, Subscription subscription) {
        if (subscription.subscriber.isGone()) {
            room.leave(subscription);
        }
        if (room.ended(subscription)) {
            return false;
        }
        Wanted wanted = room.beginPage(subscription);
        Optional<Page> page = conversations.page(room.conversationId(), subscription.subscriber.userId(), wanted);
        subscription.retries.reset();
        if (page.isEmpty()) {
            room.evict(subscription);
            return false;
        }
        for (RoomEvent event : page.get().events()) {
            if (!room.offer(subscription, event)) {
                whenDrained(room, subscription);
                return false;
            }
        }
        if (!page.get().events().isEmpty()) {
            begin(room, subscription);
            return false;
        }
        return switch (room.goLive(subscription, wanted, page.get())) {
            case DONE -> false;
            case FULL -> {
                whenDrained(room, subscription);
                yield false;
            }
            case READ_AGAIN -> {
                begin(room, subscription);
                yield false;
            }
            case WAIT -> {
                if (room.scout().waits(subscription)) {
                    again(room, subscription, room.scout().nextPause());
                }
                yield true;
            }
        };
    }

    /** Tries again after any failure: nothing else would continue the subscription. */
    private void failed(Room room, Subscription subscription, Throwable e) {
        if (e instanceof DataAccessException) {
            LOG.warn("Could not read conversation {}, trying again: {}", room.conversationId(), e.getMessage());
        } else {
            LOG.error("Could not serve a subscriber of conversation {}, trying again", room.conversationId(), e);
        }
        room.retryResync(subscription);
        again(room, subscription, subscription.retries.next());
    }

    private void whenDrained(Room room, Subscription subscription) {
        subscription.subscriber.whenDrained(() -> again(room, subscription, RETRY));
    }

    private void again(Room room, Subscription subscription, Duration pause) {
        tasks.after(pause, () -> step(room, subscription));
    }
}
