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
 * Brings subscriptions to the tail: reads a page, queues it, waits for the client where it is slow, and continues until
 * the subscription can be live.
 *
 * <p>Each page asks for membership, so a member who was removed reads nothing that was committed after the removal,
 * however far the relay lags.
 *
 * <p>A few threads serve all; a subscription has at most one task at a time, so many that catch up share them fairly. An
 * event whose commit is not yet visible is waited for with growing pauses, and by one subscription of the room for all.
 */
class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /** The client's queue was full: read again this long after it has room. */
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
        } catch (RuntimeException e) {
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

    /** Whatever failed, the subscription is tried again: nobody else would ever continue it. */
    private void failed(Room room, Subscription subscription, RuntimeException e) {
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
