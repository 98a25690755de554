package io.walcast.relay.gateway.websocket;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * The sending side of a connection of the container's WebSocket layer.
 *
 * <p>The container takes one message at a time, without waiting, and reports on a thread of its own when the message
 * has left. Its pings and closes wait for the network, as do all sends of Spring's session. So pings and closes run on
 * a thread that may wait, and only between messages. No sender ever calls the container.
 *
 * <p>The container cannot drop a connection without a close. It is asked to close instead, and drops the connection
 * itself if the close frame cannot leave at once.
 */
final class ContainerConnection extends QueuedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerConnection.class);

    /** A message that takes longer than this to leave counts as stuck. */
    private static final long STUCK_NANOS = Duration.ofMillis(500).toNanos();

    private final WebSocketSession session;
    private final RemoteEndpoint.Async remote;
    private final Runnable writing = this::write;

    /** The frame that the container has been given and has not sent yet, and the time since when. */
    private @Nullable Frame leaving;

    private long leavingSince;
    private boolean closedByContainer;

    /**
     * @param session Spring's
     * @param container the container's, of which Spring's is a view
     */
    ContainerConnection(
            WebSocketSession session,
            Session container,
            TransportContext context,
            Consumer<CloseStatus> onClosed,
            Runnable onEnd) {
        super(context, onClosed, onEnd);
        this.session = session;
        this.remote = container.getAsyncRemote();
        this.remote.setSendTimeout(context.settings().writeTimeout().toMillis());
    }

    /** On a writer thread, because a sender must not wait for the container's handling of a message. */
    @Override
    void startWriting() {
        context.threads().handOver(writing);
    }

    @Override
    void apart(Runnable task) {
        context.threads().block(task);
    }

    @Override
    void apartLater(Runnable task) {
        context.threads().closeLater(() -> apart(task));
    }

    @Override
    long stuckBytes() {
        synchronized (lock) {
            return closing == null && isLeavingFor(STUCK_NANOS, System.nanoTime()) ? queue.bytes() : 0;
        }
    }

    /** The container keeps the write timeout itself. This check is for a message whose end it does not report. */
    @Override
    void checkTime(long now) {
        boolean late;
        synchronized (lock) {
            TransportSettings settings = context.settings();
            late = !ended
                    && isLeavingFor(
                            settings.writeTimeout()
                                    .plus(settings.closeTimeout())
                                    .toNanos(),
                            now);
        }
        if (late) {
            LOG.debug("The container did not report the end of a message");
            abort();
        }
    }

    /** The container has reported the end of the connection. */
    void closedByContainer(CloseStatus status) {
        synchronized (lock) {
            closedByContainer = true;
        }
        end(status);
    }

    @Override
    void drop() {
        boolean open;
        synchronized (lock) {
            open = !closedByContainer;
            closedByContainer = true;
        }
        if (open) {
            closeSession(CloseStatus.GOING_AWAY);
        }
    }

    /** Gives the container the next frame; at most one thread is in here. */
    private void write() {
        Frame frame;
        synchronized (lock) {
            frame = queue.next();
            if (frame == null) {
                busy = false;
                return;
            }
            leaving = frame;
            leavingSince = System.nanoTime();
        }
        try {
            switch (frame.opcode()) {
                case Opcode.TEXT -> remote.sendText(frame.text(), this::written);
                case Opcode.BINARY -> remote.sendBinary(frame.payload(), this::written);
                case Opcode.PING -> apart(this::writePing);
                default -> apart(this::writeClose);
            }
        } catch (RuntimeException e) {
            // The session was closed after our check and before its own.
            failed(e);
        }
    }

    private void writePing() {
        try {
            remote.sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            failed(e);
            return;
        }
        written();
    }

    private void writeClose() {
        CloseStatus status;
        synchronized (lock) {
            closeFrameSent = true;
            status = closing == null ? BROKEN : closing;
        }
        closeSession(new CloseStatus(status.getCode(), CloseFrame.reason(status)));
        closedByContainer(status);
    }

    private void written(SendResult result) {
        Throwable failure = result.getException();
        if (failure == null) {
            written();
        } else {
            failed(failure);
        }
    }

    private void written() {
        boolean more;
        Runnable drained;
        synchronized (lock) {
            if (leaving != null) {
                left(leaving.wireBytes());
                leaving = null;
            }
            more = !queue.isEmpty();
            busy = more;
            drained = takeDrained();
        }
        if (drained != null) {
            context.threads().handOver(drained);
        }
        if (more) {
            write();
        }
    }

    private void failed(Throwable cause) {
        LOG.debug("A message could not be sent", cause);
        abort();
    }

    /** The caller holds the lock. */
    private boolean isLeavingFor(long nanos, long now) {
        return leaving != null && now - leavingSince > nanos;
    }

    private void closeSession(CloseStatus status) {
        try {
            session.close(status);
        } catch (IOException | RuntimeException e) {
            LOG.debug("Close failed", e);
        }
    }
}
