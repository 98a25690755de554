package io.walcast.relay.rooms;

import java.util.UUID;

/** One client connection, as rooms see it. All methods are thread-safe and return at once. */
public interface Subscriber {

    String userId();

    /** Whether the connection has ended. */
    boolean isGone();

    /**
     * Queues the event.
     *
     * @return false if the connection's queue is full or closed; the event was not queued
     */
    boolean offer(RoomEvent event);

    /** Queues a transient event if the connection has no backlog, and drops it otherwise. */
    void sendVolatile(RoomEvent event);

    /** Runs the action once, when the queue has room again. */
    void whenDrained(Runnable action);

    /**
     * Tells the client that it fell behind and is now served from the table.
     *
     * @param after the highest seq that it was sent or said to have
     * @param pos the place in the log after which it is served
     */
    void resync(UUID conversationId, long after, long pos);

    /** Tells the client that the server has removed it from the room. */
    void evicted(UUID conversationId);
}
