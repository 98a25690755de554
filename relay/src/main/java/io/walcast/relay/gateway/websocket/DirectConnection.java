package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;

/**
 * The sending side of a connection of Walcast's own WebSocket layer.
 *
 * <p>One thread at a time writes: all waiting frames, up to the size of its buffer, leave in one write. Bytes that the
 * network does not take stay in the queue until the container reports that the socket can be written.
 */
final class DirectConnection extends QueuedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(DirectConnection.class);

    private final Wire wire;
    private final Runnable writing = this::write;

    private boolean awaitsWire;

    /** Whether the network takes nothing of the first message, and the time since when. */
    private boolean stalled;

    private long stalledNanos;

    private boolean failed;
    private boolean peerClosed;

    DirectConnection(Wire wire, TransportContext context, Consumer<CloseStatus> onClosed, Runnable onEnd) {
        super(context, onClosed, onEnd);
        this.wire = wire;
    }

    @Override
    void startWriting() {
        context.threads().write(writing);
    }

    @Override
    void apart(Runnable task) {
        context.threads().close(task);
    }

    @Override
    void apartLater(Runnable task) {
        context.threads().closeLater(task);
    }

    @Override
    long stuckBytes() {
        synchronized (lock) {
            return stalled && closing == null ? queue.bytes() : 0;
        }
    }

    @Override
    void checkTime(long now) {
        boolean late;
        synchronized (lock) {
            late = stalled
                    && !ended
                    && now - stalledNanos > context.settings().writeTimeout().toNanos();
        }
        if (late) {
            LOG.debug("A message could not be written in time");
            end(BROKEN);
        }
    }

    /** Fails the connection after a violation of the protocol (RFC 6455, section 7.1.7). */
    void fail(CloseStatus status) {
        synchronized (lock) {
            failed = closing == null;
        }
        close(status);
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
            startWriting();
        }
    }

    /**
     * The client has sent its close frame. It gets ours at once unless that was sent already (RFC 6455, section 5.5.1);
     * then the close is complete.
     */
    void peerClosed(CloseStatus status) {
        boolean complete;
        synchronized (lock) {
            peerClosed = true;
            complete = closeFrameSent;
        }
        if (complete) {
            end(status);
        } else {
            dropWaiting();
            close(status);
        }
    }

    /** The container reports that the socket can be written again. */
    void writable() {
        synchronized (lock) {
            if (!awaitsWire) {
                return;
            }
            awaitsWire = false;
        }
        write();
    }

    /** Also if another thread is about to close: the container reuses the channel once this method returns. */
    @Override
    void drop() {
        wire.close();
    }

    /** Called by one thread at a time, which may hold the sender's locks, so no listener is called here. */
    private void write() {
        try {
            ByteBuffer buffer = context.writeBuffers().take();
            try {
                write(buffer);
            } finally {
                context.writeBuffers().give(buffer);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("A write failed", e);
            abort();
        } catch (Error e) {
            // Such as no memory for a buffer. A connection that stays busy would never be written to again.
            LOG.error("A write failed; the connection is closed", e);
            abort();
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            queue.copyTo(buffer);
        }
        boolean passed = wire.write(buffer.flip());
        boolean more;
        boolean lastLeft;
        Runnable drained;
        synchronized (lock) {
            boolean whole = left(buffer.position());
            if (!passed && (whole || !stalled)) {
                stalledNanos = System.nanoTime();
            }
            stalled = !passed && !ended;
            awaitsWire = !passed;
            more = !queue.isEmpty();
            busy = more || !passed;
            lastLeft = !busy && closing != null && !closeFrameSent;
            closeFrameSent |= lastLeft;
            drained = takeDrained();
        }
        if (drained != null) {
            context.threads().handOver(drained);
        }
        if (!passed) {
            wire.awaitWritable();
        } else if (more) {
            // A writer continues after the connections that wait for it already.
            context.threads().handOver(writing);
        } else if (lastLeft) {
            apart(this::onCloseFrameSent);
        }
    }

    private void onCloseFrameSent() {
        CloseStatus status;
        boolean complete;
        synchronized (lock) {
            complete = peerClosed;
            status = closing == null ? BROKEN : closing;
        }
        if (complete) {
            end(status);
            return;
        }
        tellClosed(status);
        // If the socket closed at once with unread input, the kernel would reset the connection and drop the close
        // frame.
        apartLater(() -> end(status));
        if (failed) {
            wire.endOutput();
        }
    }
}
