package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import java.util.List;

/**
 * What goes out to one client. Both transports have one: see {@link TransportKind}.
 *
 * <p>Thread-safe, and no method waits for the network. Messages leave in the order in which they were taken; those of
 * one {@code send} call are never separated. A message that cannot be written within the write timeout, and any error of
 * the network, ends the connection: what waits is dropped and the listener is told 1006.
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
     * Queues a small control message (acknowledgement, ping, notice) even when the queue is full. A client so far
     * behind that the margin for these is used up as well is closed with 1008.
     */
    default void sendUrgent(String text) {
        sendUrgent(List.of(Frame.text(text)));
    }

    /** As {@link #sendUrgent(String)}, for several messages that belong together. */
    void sendUrgent(List<Frame> frames);

    /**
     * Asks the other side for a pong.
     *
     * @return false if it was not asked: the connection is closing, or busy with messages, whose writing finds out as well
     *     whether the other side still reads
     */
    boolean ping();

    /** Whether messages may still be taken: nobody has begun to close the connection. */
    boolean isOpen();

    /** Whether the queue is down to a quarter of its bound. */
    boolean isDrained();

    /**
     * Calls {@code action} once, as soon as the queue is down to a quarter of its bound: at once, on this thread, if it
     * is so now; otherwise on a writer thread. A later action replaces one that still waits. It is never called once
     * the connection is closed.
     */
    void whenDrained(Runnable action);

    /**
     * Closes after what is queued has been sent, or after the close timeout, whatever comes first. Nothing can be
     * queued any more. Closing twice does nothing.
     *
     * @param code close code of RFC 6455, section 7.4, between 1000 and 4999
     * @param reason at most 123 bytes of UTF-8; the rest is cut off
     */
    void close(int code, String reason);

    /** As {@link #close(int, String)}. */
    default void close(Ending ending) {
        close(ending.code(), ending.reason());
    }

    /** Drops what is queued and the connection. */
    void abort();
}
