package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * What the two transports have in common: the queue of a connection, its bounds, and the way to its end. How a frame gets
 * from the queue to the network is theirs.
 *
 * <p><b>Lifecycle.</b> Open, closing (the close frame is the last in the queue), ended. <b>Concurrency.</b> Thread-safe. The
 * thread that makes an idle connection busy starts the writing, outside the lock; one thread at a time writes. <b>Error
 * policy.</b> A failure ends the connection; nobody is told anything while the lock is held.
 */
abstract class QueuedConnection implements WebSocketConnection {

    /** The network broke, or the other side went without a word. Never sent. */
    static final CloseStatus BROKEN = CloseStatus.NO_CLOSE_FRAME.withReason("connection broken");

    private static final Frame PING = Frame.ping();

    final TransportContext context;
    final Object lock = new Object();
    final SendQueue queue;
    private final Consumer<CloseStatus> onClosed;
    private final Runnable onEnd;

    /** A thread writes or is about to, or the network takes no more. */
    boolean busy;

    /** Set once nothing can be queued any more. */
    @Nullable
    CloseStatus closing;

    boolean closeFrameSent;
    boolean ended;
    private @Nullable Runnable whenDrained;
    private long sampledSince;

    /**
     * @param onClosed told how the connection ended, by a thread that holds no lock; possibly twice, of which the first counts
     * @param onEnd called once, when nothing is left of the connection
     */
    QueuedConnection(TransportContext context, Consumer<CloseStatus> onClosed, Runnable onEnd) {
        this.context = context;
        this.onClosed = onClosed;
        this.onEnd = onEnd;
        this.queue = new SendQueue(context.settings().sendQueueSize().toBytes(), context.budget());
    }

    /** Has a thread write what waits, after the connection has become busy. For a thread that may hold locks. */
    abstract void startWriting();

    /** Runs the task where it may take its time, and where no lock is held. */
    abstract void apart(Runnable task);

    /** As {@link #apart}, after the close timeout. */
    abstract void apartLater(Runnable task);

    /** Gives the network's side of the connection up. For a thread that holds no lock. */
    abstract void drop();

    /** Ends a connection whose message could not leave in time. */
    abstract void checkTime(long now);

    /** Bytes that wait for a client that takes none now; 0 if it does. */
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

    /** Closes a connection whose client does not read; what waits is dropped. */
    final void disconnectSlow() {
        dropWaiting();
        context.budget().countSlow();
        close(Ending.SLOW_CLIENT);
    }

    /** Ends the connection as it is. For a thread that holds no lock. */
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

    /** But not a close frame, after which nothing can be queued. */
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

    /** Whether the caller, which holds the lock, must start the writing afterwards. */
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

    /** What is to be called, under the lock, because little waits now; to be handed over to a writer afterwards. */
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
