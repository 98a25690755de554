package io.walcast.relay.gateway.chat;

import io.walcast.relay.rooms.RoomEvent;
import java.util.UUID;

/** How one wire format reaches one client. Thread-safe; nothing blocks. */
public interface ClientLink {

    /** Queues the event; false if the queue is full or closed, then nothing was queued. */
    boolean send(RoomEvent event);

    /** Queues a small event that must not be lost, also when the queue is full. */
    void sendUrgent(String event, String json);

    /** Ends the connection, with {@link ErrorCode#TOKEN_EXPIRED}. */
    void expired();

    /** Whether little waits for the client, as after {@link #whenDrained}. */
    boolean isDrained();

    /** Runs the action once, when the queue has room again. */
    void whenDrained(Runnable action);

    /**
     * The client is about to be told that it is in a room, where it is served from after {@code pos} on.
     *
     * @param pos a place in the conversation's log
     * @param epoch the history that {@code pos} is from
     */
    default void entered(UUID conversationId, long pos, String epoch) {}

    /** The client has been taken out of a room, for whatever reason. */
    default void left(UUID conversationId) {}
}
