package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * The common part of the two transports: the queue of a connection, its bounds, and its close. The subclasses move
 * frames from the queue to the network.
 *
 * <p><b>Lifecycle.</b> Open, closing (the close frame is the last in the queue), ended. <b>Concurrency.</b>
 * Thread-safe. The thread that makes an idle connection busy starts the writing, outside the lock; one thread at a time
 * writes. <b>Error policy.</b> A failure ends the connection; no callback runs while the lock is held.
 */
abstract class QueuedConnection implements WebSocketConnection {

    /** The network broke, or the client disconnected without a close frame. Never sent. */
    static final CloseStatus BROKEN = CloseStatus.NO_CLOSE_FRAME.withReason("connection broken");

    private static final Frame PING = Frame.ping();

    final TransportContext context;
    final Object lock = new Object();
    final SendQueue queue;
    private final Consumer<CloseStatus> onClosed;
    private final Runnable onEnd;

    /** Whether a thread writes or is about to, or the network takes no more. */
    boolean busy;

    /** Set once nothing can be queued any more. */
    @Nullable
    CloseStatus closing;

    boolean closeFrameSent;
    boolean ended;
    private @Nullable Runnable whenDrained;
    private long sampledSince;

    /**
     * @param onClosed called with the end of the connection, by a thread that holds no lock; possibly twice, then the
     *     first call counts
     * @param onEnd called once, when the connection is completely closed
     */
    QueuedConnection(TransportContext context, Consumer<CloseStatus> onClosed, Runnable onEnd) {
        this.context = context;
        this.onClosed = onClosed;
        this.onEnd = onEnd;
        this.queue = new SendQueue(context.settings().sendQueueSize().toBytes(), context.budget());
    }

    /** Starts the writing of the queue, after the connection has become busy. The caller may hold locks. */
    abstract void startWriting();

    /** Runs the task on a thread that holds no lock and may take its time. */
    abstract void apart(Runnable task);

    /** As {@link #apart}, after the close timeout. */
    abstract void apartLater(Runnable task);

    /** Closes the network's side of the connection. The caller must hold no lock. */
    abstract void drop();

    /** Ends a connection whose message could not leave in time. */
    abstract void checkTime(long now);

    /** Bytes that wait for a client that reads nothing now; 0 if it reads. */
    abstract long stuckBytes();

    @Override
    public final boolean send(List<Frame> frames) {
        return enqueue(frames, 0);
    }

    @Override
    public final void sendUrgent(List<Frame> frames) {
        if (!enqueue(frames, (int) context.settings().urgentMargin().toBytes())) {
            disconnectSlow();
        }
    }

    @Override
    public final boolean ping() {
        synchronized (lock) {
            if (closing != null || busy) {
                return false;
            }
            queue.add(PING);
            busy = true;
        }
        startWriting();
        return true;
    }

    @Override
    public final boolean isOpen() {
        synchronized (lock) {
            return closing == null;
        }
    }

    @Override
    public final boolean isDrained() {
        synchronized (lock) {
            return queue.isLow();
        }
    }

    @Override
    public final void whenDrained(Runnable action) {
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

    @Override
    public final void close(int code, String reason) {
        close(new CloseStatus(code, reason));
    }

    final void close(CloseStatus status) {
        boolean starts;
        synchronized (lock) {
            if (closing != null) {
                return;
            }
            closing = status;
            whenDrained = null;
            queue.add(Frame.close(status));
            starts = begin();
        }
        apartLater(this::giveUpClosing);
        if (starts) {
            startWriting();
        }
    }

    @Override
    public final void abort() {
        apart(() -> end(BROKEN));
    }

    /** Closes a connection whose client does not read, and drops its queue. */
    final void disconnectSlow() {
        dropWaiting();
        context.budget().countSlow();
        close(Ending.SLOW_CLIENT);
    }

    /** Ends the connection at once. The caller must hold no lock. */
    final void end(CloseStatus status) {
        CloseStatus cause;
        synchronized (lock) {
            cause = ended ? null : closing == null ? status : closing;
            if (cause != null) {
                ended = true;
                closing = cause;
                whenDrained = null;
                queue.drop();
            }
        }
        drop();
        if (cause != null) {
            onClosed.accept(cause);
            onEnd.run();
            context.open().remove(this);
        }
    }

    /** Drops the queue, unless it ends with a close frame. */
    final void dropWaiting() {
        synchronized (lock) {
            if (closing == null) {
                queue.clear();
            }
        }
    }

    final void tellClosed(CloseStatus status) {
        onClosed.accept(status);
    }

    /**
     * Marks the connection busy. @return whether the caller, which holds the lock, must start the writing afterwards
     */
    final boolean begin() {
        boolean idle = !busy;
        busy = true;
        return idle;
    }

    /**
     * Notes, under the lock, that bytes have left.
     *
     * @return whether a frame is complete with them
     */
    final boolean left(int bytes) {
        boolean whole = queue.left(bytes);
        if (whole && sampledSince != 0) {
            context.threads().sampler().written(sampledSince);
            sampledSince = 0;
        }
        return whole;
    }

    /** Takes, under the lock, the action that is due because the queue is low; a writer is to run it afterwards. */
    final @Nullable Runnable takeDrained() {
        Runnable action = whenDrained;
        if (action == null || !queue.isLow()) {
            return null;
        }
        whenDrained = null;
        return action;
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
                sampledSince = context.threads().sampler().begin();
            }
        }
        if (starts) {
            startWriting();
        }
        return true;
    }

    private void giveUpClosing() {
        boolean sent;
        synchronized (lock) {
            sent = closeFrameSent;
        }
        if (!sent) {
            end(BROKEN);
        }
    }
}
