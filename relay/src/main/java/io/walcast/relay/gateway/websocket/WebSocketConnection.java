package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import java.util.List;

/**
 * The sending side of one client's connection. Both transports implement it: see {@link TransportKind}.
 *
 * <p>Thread-safe, and no method waits for the network. Messages leave in the order in which they were taken; those of
 * one {@code send} call are never separated. A message that cannot be written within the write timeout, and any error
 * of the network, ends the connection: queued messages are dropped and the listener gets 1006.
 */
public interface WebSocketConnection {

    /** @return false when the queue is too full or the connection is closing: nothing was queued */
    default boolean send(String text) {
        return send(Frame.text(text));
    }

    /** As {@link #send(String)}, for a frame that may be shared with other connections. */
    default boolean send(Frame frame) {
        return send(List.of(frame));
    }

    /** Queues all of these messages, with nothing in between, or none of them. */
    boolean send(List<Frame> frames);

    /**
     * Queues a small control message (acknowledgement, ping, notice) even when the queue is full. If the margin for
     * these is used up as well, the client is closed with 1008.
     */
    default void sendUrgent(String text) {
        sendUrgent(List.of(Frame.text(text)));
    }

    /** As {@link #sendUrgent(String)}, for several messages that belong together. */
    void sendUrgent(List<Frame> frames);

    /**
     * Sends a ping.
     *
     * @return false if none was sent: the connection is closing, or is writing messages, which shows as well whether
     *     the client still reads
     */
    boolean ping();

    /** Whether messages may still be queued: the close has not begun. */
    boolean isOpen();

    /** Whether at most a quarter of the queue's bound is used. */
    boolean isDrained();

    /**
     * Calls {@code action} once, as soon as {@link #isDrained()} holds: at once, on this thread, if it holds now;
     * otherwise on a writer thread. A later action replaces one that still waits. The action is never called after the
     * connection is closed.
     */
    void whenDrained(Runnable action);

    /**
     * Closes after the queued messages have been sent, or after the close timeout, whichever comes first. From now on
     * no message can be queued. A second close does nothing.
     *
     * @param code close code of RFC 6455, section 7.4, between 1000 and 4999
     * @param reason at most 123 bytes of UTF-8; the rest is cut off
     */
    void close(int code, String reason);

    /** As {@link #close(int, String)}. */
    default void close(Ending ending) {
        close(ending.code(), ending.reason());
    }

    /** Drops the queued messages and the connection. */
    void abort();
}
