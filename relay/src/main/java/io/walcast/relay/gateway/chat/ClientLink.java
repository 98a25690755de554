package io.walcast.relay.gateway.chat;

import io.walcast.relay.rooms.RoomEvent;

/** How one wire format reaches one client. Thread-safe; nothing blocks. */
public interface ClientLink {

    /** Queues the event; false if the queue is full or closed, then nothing was queued. */
    boolean send(RoomEvent event);

    /** Queues a small event that must not be lost, also when the queue is full. */
    void sendUrgent(String event, String json);

    /** Runs the action once, when the queue has room again. */
    void whenDrained(Runnable action);
}
