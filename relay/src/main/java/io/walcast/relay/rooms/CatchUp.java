package io.walcast.relay.rooms;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Brings subscriptions to the tail: reads a page, queues it, waits for the client where it is slow, and goes on until
 * the subscription can be live.
 *
 * <p>A few threads serve all; a subscription has at most one task at a time, so many that catch up share them fairly.
 */
@Component
class CatchUp implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private static final int THREADS = 4;

    /** A message was broadcast before its commit is visible, or the client's queue was full: look again after this. */
    private static final Duration RETRY = Duration.ofMillis(20);

    private static final Duration RETRY_AFTER_ERROR = Duration.ofSeconds(1);

    private final History history;
    private final ScheduledExecutorService threads =
            Executors.newScheduledThreadPool(THREADS, task -> new Thread(task, "walcast-resume"));

    CatchUp(History history) {
        this.history = history;
    }

    /** For the room's other reads of the table. */
    Executor executor() {
        return threads;
    }

    /** Has something done again and again, which must not throw. */
    void every(Duration interval, Runnable task) {
        var unused =
                threads.scheduleWithFixedDelay(task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Starts the subscription's one task. Called with the room's lock held. */
    void begin(Room room, Subscription subscription) {
        submit(() -> step(room, subscription));
    }

    @Override
    public void destroy() {
        threads.shutdownNow();
    }

    private void step(Room room, Subscription subscription) {
        if (room.ended(subscription)) {
            return;
        }
        List<RoomEvent> page;
        boolean readOn = room.beginToReadOn(subscription);
        try {
            String userId = subscription.subscriber.userId();
            if (readOn && history.tail(room.conversationId(), userId).isEmpty()) {
                room.evict(userId);
                return;
            }
            page = history.page(room.conversationId(), subscription.position);
        } catch (DataAccessException e) {
            LOG.warn("Could not read conversation {}, trying again: {}", room.conversationId(), e.getMessage());
            if (readOn) {
                room.readOnAgain(subscription);
            }
            again(room, subscription, RETRY_AFTER_ERROR);
            return;
        }
        for (RoomEvent message : page) {
            if (!room.offer(subscription, message)) {
                subscription.subscriber.whenDrained(() -> again(room, subscription, RETRY));
                return;
            }
        }
        if (!page.isEmpty()) {
            submit(() -> step(room, subscription));
        } else if (!room.goLive(subscription)) {
            again(room, subscription, RETRY);
        }
    }

    private void again(Room room, Subscription subscription, Duration delay) {
        try {
            threads.schedule(() -> step(room, subscription), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Shutting down: conversation {} is resumed elsewhere", room.conversationId());
        }
    }

    private void submit(Runnable step) {
        try {
            threads.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("Shutting down: clients resume elsewhere");
        }
    }
}
