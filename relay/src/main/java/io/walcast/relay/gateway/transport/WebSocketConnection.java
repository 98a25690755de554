package io.walcast.relay.gateway.transport;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending side of one WebSocket connection.
 *
 * <p>Thread-safe, and no method waits for the network. Messages leave in the order in which they were taken; those of
 * one {@code send} call are never separated. One write is in flight at a time: the first of a burst is started by a
 * shared writer thread, the following ones by the thread on which the container reports completion.
 *
 * <p>A message that cannot be written within the write timeout, and any error of the network, ends the connection: what
 * waits is dropped and the listener is told 1006.
 */
public final class WebSocketConnection {

    private static final Logger log = LoggerFactory.getLogger(WebSocketConnection.class);

    /** RFC 6455, section 7.4: a policy of this server, here that a client must read what it is sent. */
    private static final CloseReason TOO_SLOW = new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "slow_client");

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final CloseReason BROKEN =
            new CloseReason(CloseReason.CloseCodes.CLOSED_ABNORMALLY, "connection broken");

    private final Session session;
    private final RemoteEndpoint.Async remote;
    private final TransportThreads threads;
    private final SendBudget budget;
    private final int urgentMargin;
    private final Consumer<CloseReason> over;

    private final Object lock = new Object();
    private final SendQueue queue;
    private boolean pumping;
    private boolean closed;
    private @Nullable CloseReason closeReason;
    private @Nullable Runnable whenDrained;
    private long sampledSince;

    /** @param over told how the connection ended, from any thread, possibly more than once: the first time counts */
    WebSocketConnection(
            Session session,
            TransportSettings settings,
            SendBudget budget,
            TransportThreads threads,
            Consumer<CloseReason> over) {
        this.session = session;
        this.remote = session.getAsyncRemote();
        this.remote.setSendTimeout(settings.writeTimeout().toMillis());
        this.threads = threads;
        this.budget = budget;
        this.urgentMargin = (int) settings.urgentMargin().toBytes();
        this.queue = new SendQueue(settings.sendQueueSize().toBytes(), budget);
        this.over = over;
    }

    /** @return false when the queue is too full or the connection is closing: nothing was queued */
    public boolean send(String text) {
        return send(Frame.text(text));
    }

    /** As {@link #send(String)}, for a frame that may be shared with other connections. */
    public boolean send(Frame frame) {
        return send(List.of(frame));
    }

    /** Queues all of these messages, with nothing in between, or none of them. */
    public boolean send(List<Frame> frames) {
        return enqueue(frames, 0);
    }

    /**
     * Queues a small control message (acknowledgement, ping, notice) even when the queue is full. A client so far
     * behind that the margin for these is used up as well is closed with 1008.
     */
    public void sendUrgent(String text) {
        sendUrgent(List.of(Frame.text(text)));
    }

    /** As {@link #sendUrgent(String)}, for several messages that belong together. */
    public void sendUrgent(List<Frame> frames) {
        if (!enqueue(frames, urgentMargin)) {
            synchronized (lock) {
                queue.clear();
            }
            budget.putOut();
            close(TOO_SLOW);
        }
    }

    /**
     * Asks the other side for a pong.
     *
     * @return false if it was not asked: the connection is closing, or busy with messages, whose writing finds out as well
     *     whether the other side still reads
     */
    public boolean ping() {
        synchronized (lock) {
            if (closed || closeReason != null || pumping || !queue.isEmpty()) {
                return false;
            }
            // Messages wait until the ping has left.
            pumping = true;
        }
        threads.ping(this::writePing);
        return true;
    }

    /** Whether the queue is down to a quarter of its bound. */
    public boolean isDrained() {
        synchronized (lock) {
            return queue.isLow();
        }
    }

    /** Bytes that wait or are being written, with a small overhead for each message. */
    public long queuedBytes() {
        synchronized (lock) {
            return queue.bytes();
        }
    }

    /**
     * Calls {@code action} once, as soon as the queue is down to a quarter of its bound: at once, on this thread, if it
     * is so now; otherwise on a writer thread. A later action replaces one that still waits. It is never called once
     * the connection is closed.
     */
    public void whenDrained(Runnable action) {
        synchronized (lock) {
            if (closed || closeReason != null) {
                return;
            }
            if (!queue.isLow()) {
                whenDrained = action;
                return;
            }
        }
        action.run();
    }

    /**
     * Closes after what is queued has been sent, or after the close timeout, whatever comes first. Nothing can be
     * queued any more. Closing twice does nothing.
     *
     * @param code close code of RFC 6455, section 7.4, between 1000 and 4999
     * @param reason at most 123 bytes of UTF-8; the rest is cut off
     */
    public void close(int code, String reason) {
        close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
    }

    private void close(CloseReason reason) {
        synchronized (lock) {
            if (closed || closeReason != null) {
                return;
            }
            closeReason = reason;
            whenDrained = null;
            if (!pumping && queue.isEmpty()) {
                threads.close(() -> finish(reason));
                return;
            }
        }
        threads.closeLater(() -> finish(reason));
    }

    /** Drops what is queued and the connection. */
    public void abort() {
        threads.close(() -> finish(BROKEN));
    }

    /** Nothing can be sent any more, because the connection is over. */
    void markClosed() {
        synchronized (lock) {
            closed = true;
            whenDrained = null;
            // Tomcat forgets to tell of a write that it was in the middle of: those bytes would be missing for ever.
            queue.end();
        }
    }

    private boolean enqueue(List<Frame> frames, int margin) {
        synchronized (lock) {
            if (closed || closeReason != null) {
                // An urgent message to a closing connection is no reason to close it again.
                return margin > 0;
            }
            if (!queue.offer(frames, margin)) {
                return false;
            }
            if (!pumping && !queue.isWriting()) {
                pumping = true;
                sampledSince = threads.sampler().begin();
                threads.write(this::pump);
            }
            return true;
        }
    }

    /** Writes until the queue is empty or a write goes on in the background; at most one thread is in here. */
    private void pump() {
        while (true) {
            Frame frame;
            synchronized (lock) {
                frame = closed ? null : queue.next();
                if (frame == null) {
                    pumping = false;
                    if (closeReason != null && !closed && queue.isEmpty()) {
                        CloseReason reason = closeReason;
                        threads.close(() -> finish(reason));
                    }
                    return;
                }
            }
            write(frame);
        }
    }

    private void writePing() {
        try {
            remote.sendPing(NOTHING.duplicate());
        } catch (IOException | RuntimeException e) {
            log.debug("Ping failed on {}", session.getId(), e);
            over.accept(reasonOfEnd());
        }
        pump();
    }

    private void write(Frame frame) {
        try {
            if (frame instanceof Frame.Text text) {
                remote.sendText(text.text(), this::written);
            } else if (frame instanceof Frame.Binary binary) {
                // A view of its own: the container moves the position while it writes.
                remote.sendBinary(binary.content().duplicate(), this::written);
            }
        } catch (RuntimeException e) {
            // The session was closed between our check and its own.
            written(new SendResult(session, e));
        }
    }

    /** May come before the call that started the write has returned: then that thread's loop goes on, not this one. */
    private void written(SendResult result) {
        if (!result.isOK()) {
            log.debug("Write failed on {}", session.getId(), result.getException());
            over.accept(reasonOfEnd());
        }
        Runnable drained = null;
        synchronized (lock) {
            queue.completed();
            if (sampledSince != 0) {
                threads.sampler().written(sampledSince);
                sampledSince = 0;
            }
            if (whenDrained != null && queue.isLow()) {
                drained = whenDrained;
                whenDrained = null;
            }
            if (pumping) {
                if (drained != null) {
                    threads.write(drained);
                }
                return;
            }
            pumping = true;
        }
        if (drained != null) {
            threads.write(drained);
        }
        pump();
    }

    /** Runs on the closing threads only: the container waits a moment for the close frame to leave. */
    private void finish(CloseReason reason) {
        try {
            session.close(reason);
        } catch (IOException | IllegalStateException e) {
            log.debug("Close failed on {}", session.getId(), e);
        }
        over.accept(reason);
    }

    /** A write that fails because a close has run out of time is part of that close. */
    private CloseReason reasonOfEnd() {
        synchronized (lock) {
            return closeReason == null ? BROKEN : closeReason;
        }
    }
}
