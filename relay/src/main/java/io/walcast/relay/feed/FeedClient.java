package io.walcast.relay.feed;

import io.walcast.relay.rooms.RoomEvent;

/** One client connection, as feeds see it. All methods are thread-safe and return at once. */
public interface FeedClient {

    String userId();

    /** Whether the connection has ended. */
    boolean isGone();

    /**
     * Queues the event.
     *
     * @return false if the connection's queue is full or closed; the event was not queued
     */
    boolean offer(RoomEvent event);

    /** Runs the action once, when the queue has room again. */
    void whenDrained(Runnable action);

    /** Queues a small event that must not be lost, also when the queue is full. */
    void tell(String event, String json);
}
