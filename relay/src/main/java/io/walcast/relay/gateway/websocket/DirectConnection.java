package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;

/**
 * The sending side of a connection of our own layer.
 *
 * <p>One thread at a time writes: all that waits, up to the size of its buffer, leaves in one write. What the network does
 * not take stays in the queue until the container says that it would.
 */
final class DirectConnection extends QueuedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(DirectConnection.class);

    private final Wire wire;
    private final Runnable writing = this::write;

    private boolean awaitsWire;

    /** Whether the first message has begun to leave and can't, and since when. */
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

    /** Closes a connection from which nothing more is understood (RFC 6455, section 7.1.7). */
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
     * The other side has sent its close frame. It gets ours at once if it has not got it (RFC 6455, section 5.5.1), and
     * then nothing is left to wait for.
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

    /** Also where another thread is about to: the container uses its channel again once this one returns. */
    @Override
    void drop() {
        wire.close();
    }

    /** One thread at a time, which may hold locks of who sends: so nobody is told anything here. */
    private void write() {
        ByteBuffer buffer = context.writeBuffers().take();
        try {
            write(buffer);
        } catch (IOException | RuntimeException e) {
            LOG.debug("A write failed", e);
            abort();
        } finally {
            context.writeBuffers().give(buffer);
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
            // After the others.
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
        // Closed at once, unread input would have the kernel reset the connection, and the close frame with it.
        apartLater(() -> end(status));
        if (failed) {
            wire.endOutput();
        }
    }
}
