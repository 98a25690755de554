package io.walcast.relay.gateway.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending side of one WebSocket connection, and its end.
 *
 * <p>Thread-safe, and no method waits for the network. Messages leave in the order in which they were taken; those of
 * one {@code send} call are never separated. One thread at a time writes: all that waits, up to the size of its buffer,
 * leaves in one write. What the network does not take stays in the queue until the container says that it would.
 *
 * <p>A message that cannot be written within the write timeout, and any error of the network, ends the connection: what
 * waits is dropped and the listener is told 1006.
 */
public final class WebSocketConnection {

    private static final Logger log = LoggerFactory.getLogger(WebSocketConnection.class);

    /** RFC 6455, section 7.4: a policy of this server, here that a client must read what it is sent. */
    private static final CloseStatus TOO_SLOW = new CloseStatus(CloseStatus.POLICY, "slow_client");

    private static final Frame PING = Frame.ping();

    private final Wire wire;
    private final Shared shared;
    private final Consumer<CloseStatus> over;
    private final Runnable onEnd;
    private final Runnable writing = this::write;

    private final Object lock = new Object();
    private final SendQueue queue;

    /** A thread writes or is about to, or the wire takes no more. */
    private boolean busy;

    private boolean awaitsWire;

    /** Whether the first message has begun to leave and can't, and since when. */
    private boolean stalled;

    private long stalledNanos;

    /** Set once nothing can be queued any more. */
    private @Nullable CloseStatus closing;

    private boolean failed;
    private boolean closeSent;
    private boolean peerClosed;
    private boolean ended;
    private @Nullable Runnable whenDrained;
    private long sampledSince;

    /**
     * @param over told how the connection ended, by a thread that holds no lock, possibly twice: the first counts
     * @param onEnd called once, when nothing is left of the connection
     */
    WebSocketConnection(Wire wire, Shared shared, Consumer<CloseStatus> over, Runnable onEnd) {
        this.wire = wire;
        this.shared = shared;
        this.over = over;
        this.onEnd = onEnd;
        this.queue = new SendQueue(shared.settings().sendQueueSize().toBytes(), shared.budget());
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
        if (!enqueue(frames, (int) shared.settings().urgentMargin().toBytes())) {
            putOut();
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
            if (closing != null || busy) {
                return false;
            }
            queue.add(PING);
            busy = true;
        }
        shared.threads().write(writing);
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
            if (closing != null) {
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
        close(new CloseStatus(code, reason), false);
    }

    /** Drops what is queued and the connection. */
    public void abort() {
        shared.threads().close(() -> end(CloseStatus.BROKEN));
    }

    /** Closes a connection whose client does not read; what waits is dropped. */
    void putOut() {
        dropWaiting();
        shared.budget().putOut();
        close(TOO_SLOW, false);
    }

    /** Bytes that wait for a client that takes none now; 0 if it does. */
    long stuckBytes() {
        synchronized (lock) {
            return stalled && closing == null ? queue.bytes() : 0;
        }
    }

    /** Closes a connection from which nothing more is understood (RFC 6455, section 7.1.7). */
    void fail(CloseStatus status) {
        close(status, true);
    }

    /** Answers a ping. */
    void pong(byte[] content) {
        boolean starts;
        synchronized (lock) {
            if (closing != null) {
                return;
            }
            queue.addPong(Frame.pong(content));
            starts = begin();
        }
        if (starts) {
            shared.threads().write(writing);
        }
    }

    /**
     * The other side has sent its close frame. It gets ours at once if it has not got it (RFC 6455, section 5.5.1), and
     * then nothing is left to wait for.
     */
    void peerClosed(CloseStatus status) {
        boolean complete;
        synchronized (lock) {
            peerClosed = true;
            complete = closeSent;
        }
        if (complete) {
            end(status);
        } else {
            dropWaiting();
            close(status, false);
        }
    }

    /** The container says that the wire takes more. */
    void writable() {
        synchronized (lock) {
            if (!awaitsWire) {
                return;
            }
            awaitsWire = false;
        }
        write();
    }

    /** Ends a connection whose first message could not leave in time. */
    void checkTime(long now) {
        boolean late;
        synchronized (lock) {
            late = stalled
                    && now - stalledNanos > shared.settings().writeTimeout().toNanos();
        }
        if (late) {
            log.debug("A message could not be written in time");
            end(CloseStatus.BROKEN);
        }
    }

    /** Ends the connection as it is. For a thread that holds no lock. */
    void end(CloseStatus status) {
        CloseStatus cause;
        synchronized (lock) {
            cause = ended ? null : closing == null ? status : closing;
            if (cause != null) {
                ended = true;
                closing = cause;
                whenDrained = null;
                stalled = false;
                queue.drop();
            }
        }
        // Also where another thread is about to: the container uses its channel again once this one returns.
        wire.close();
        if (cause != null) {
            over.accept(cause);
            onEnd.run();
            shared.open().remove(this);
        }
    }

    private void close(CloseStatus status, boolean failure) {
        boolean starts;
        synchronized (lock) {
            if (closing != null) {
                return;
            }
            closing = status;
            failed = failure;
            whenDrained = null;
            queue.add(Frame.close(status));
            starts = begin();
        }
        shared.threads().closeLater(this::giveUpClosing);
        if (starts) {
            shared.threads().write(writing);
        }
    }

    /** But not a close frame, behind which nothing can be queued. */
    private void dropWaiting() {
        synchronized (lock) {
            if (closing == null) {
                queue.clear();
            }
        }
    }

    private boolean enqueue(List<Frame> frames, int margin) {
        boolean starts;
        synchronized (lock) {
            if (closing != null) {
                // An urgent message to a closing connection is no reason to close it again.
                return margin > 0;
            }
            if (!queue.offer(frames, margin)) {
                return false;
            }
            starts = begin();
            if (starts) {
                sampledSince = shared.threads().sampler().begin();
            }
        }
        if (starts) {
            shared.threads().write(writing);
        }
        return true;
    }

    /** Whether the caller must start the writing. */
    private boolean begin() {
        boolean idle = !busy;
        busy = true;
        return idle;
    }

    /** One thread at a time, which may hold locks of who sends: so nobody is told anything here. */
    private void write() {
        ByteBuffer buffer = shared.writeBuffers().take();
        try {
            write(buffer);
        } catch (IOException | RuntimeException e) {
            log.debug("A write failed", e);
            abort();
        } finally {
            shared.writeBuffers().give(buffer);
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            queue.copyTo(buffer);
        }
        boolean passed = wire.write(buffer.flip());
        boolean more;
        boolean lastLeft;
        Runnable drained = null;
        synchronized (lock) {
            boolean whole = queue.left(buffer.position());
            if (whole && sampledSince != 0) {
                shared.threads().sampler().written(sampledSince);
                sampledSince = 0;
            }
            if (!passed && (whole || !stalled)) {
                stalledNanos = System.nanoTime();
            }
            stalled = !passed && !ended;
            awaitsWire = !passed;
            more = !queue.isEmpty();
            busy = more || !passed;
            lastLeft = !busy && closing != null && !closeSent;
            closeSent |= lastLeft;
            if (whenDrained != null && queue.isLow()) {
                drained = whenDrained;
                whenDrained = null;
            }
        }
        if (drained != null) {
            shared.threads().handOver(drained);
        }
        if (!passed) {
            wire.awaitWritable();
        } else if (more) {
            // Behind the others.
            shared.threads().handOver(writing);
        } else if (lastLeft) {
            shared.threads().close(this::closeLeft);
        }
    }

    private void closeLeft() {
        CloseStatus status;
        boolean complete;
        synchronized (lock) {
            complete = peerClosed;
            status = closing == null ? CloseStatus.BROKEN : closing;
        }
        if (complete) {
            end(status);
            return;
        }
        over.accept(status);
        // Closed at once, unread input would have the kernel reset the connection, and the close frame with it.
        shared.threads().closeLater(() -> end(status));
        if (failed) {
            wire.endOutput();
        }
    }

    private void giveUpClosing() {
        boolean sent;
        synchronized (lock) {
            sent = closeSent;
        }
        if (!sent) {
            end(CloseStatus.BROKEN);
        }
    }
}
