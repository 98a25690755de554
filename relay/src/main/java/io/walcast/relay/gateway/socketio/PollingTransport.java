package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.transport.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets wait here for the client's next poll. After an upgrade it passes everything on to its successor, so that
 * nobody who still holds it can send out of order.
 *
 * <p>Thread-safe; polls are answered outside the lock.
 */
final class PollingTransport implements EngineTransport {

    private static final List<Frame> NOOP = List.of(Frame.text(String.valueOf(EnginePacket.NOOP)));
    private static final List<Frame> CLOSE = List.of(Frame.text(String.valueOf(EnginePacket.CLOSE)));

    /** What one packet costs beyond its content, so that a flood of empty ones is bounded too. */
    private static final int OVERHEAD = 32;

    private static final int URGENT_MARGIN = 16 * 1024;

    private final long limit;

    private List<Frame> buffer = new ArrayList<>(2);
    private long bytes;
    private @Nullable Poll waiting;
    private boolean held;
    private boolean posting;
    private @Nullable Runnable whenDrained;
    private @Nullable EngineTransport successor;
    private Phase phase = Phase.OPEN;

    /** How far the upgrade to WebSocket has come, or the end. */
    private enum Phase {
        OPEN,
        /** The WebSocket is there, its probe is not. A poll that comes now may have been overtaken by the upgrade. */
        UPGRADING,
        /** The client waits for its last poll to end before it completes the upgrade. */
        PROBED,
        UPGRADED,
        /** The client may fetch what is left. */
        LINGERING,
        CLOSED
    }

    /** What becomes of a poll that has just come. */
    enum Reception {
        TAKEN,
        /** It may be a moment too late for an upgrade or a moment too early: see {@link #release}. */
        HELD,
        OVERLAP,
        REFUSED
    }

    PollingTransport(long limit) {
        this.limit = limit;
    }

    /** To be called by the thread of the poll's request. Refused and overlapping polls are left to the caller. */
    Reception receive(Poll poll) {
        List<Frame> packets;
        Runnable drained;
        synchronized (this) {
            if (phase == Phase.UPGRADED || phase == Phase.CLOSED) {
                return Reception.REFUSED;
            }
            if (waiting != null) {
                return Reception.OVERLAP;
            }
            if (buffer.isEmpty()) {
                poll.leaveWaiting();
                waiting = poll;
                held = phase != Phase.OPEN && phase != Phase.LINGERING;
                return held ? Reception.HELD : Reception.TAKEN;
            }
            packets = takeBuffer();
            drained = takeDrained();
            if (phase == Phase.LINGERING) {
                phase = Phase.CLOSED;
            }
        }
        poll.answer(packets);
        if (drained != null) {
            drained.run();
        }
        return Reception.TAKEN;
    }

    /** The upgrade has had its chance to overtake the poll: it is an ordinary one now. */
    void release(Poll poll) {
        synchronized (this) {
            if (waiting != poll) {
                return;
            }
            held = false;
            if (phase != Phase.PROBED) {
                return;
            }
            waiting = null;
        }
        poll.answer(NOOP);
    }

    /** What becomes of a POST that has just come; one that is taken must be followed by {@link #endPost}. */
    synchronized Reception startPost() {
        if (phase == Phase.UPGRADED || phase == Phase.LINGERING || phase == Phase.CLOSED) {
            return Reception.REFUSED;
        }
        if (posting) {
            return Reception.OVERLAP;
        }
        posting = true;
        return Reception.TAKEN;
    }

    synchronized void endPost() {
        posting = false;
    }

    /** Whether there is nothing left to fetch. */
    synchronized boolean isOver() {
        return phase == Phase.CLOSED;
    }

    /** @return false when there is nothing to upgrade any more */
    synchronized boolean startUpgrade() {
        if (phase != Phase.OPEN) {
            return false;
        }
        phase = Phase.UPGRADING;
        return true;
    }

    synchronized void abandonUpgrade() {
        if (phase == Phase.UPGRADING || phase == Phase.PROBED) {
            phase = Phase.OPEN;
        }
    }

    /** The client will complete the upgrade as soon as it has no poll any more. */
    void probed() {
        Poll poll;
        synchronized (this) {
            if (phase != Phase.UPGRADING) {
                return;
            }
            phase = Phase.PROBED;
            poll = held ? null : takePoll();
        }
        if (poll != null) {
            poll.answer(NOOP);
        }
    }

    /** Hands over, with all that waits. @return false when the session has ended meanwhile */
    boolean upgradeTo(EngineTransport transport) {
        Poll poll;
        boolean late;
        Runnable drained;
        synchronized (this) {
            if (phase != Phase.PROBED) {
                return false;
            }
            phase = Phase.UPGRADED;
            if (!buffer.isEmpty()) {
                transport.sendUrgent(takeBuffer());
            }
            successor = transport;
            late = held;
            poll = takePoll();
            drained = takeDrained();
        }
        if (poll != null && late) {
            poll.refuse(HandshakeError.BAD_REQUEST);
        } else if (poll != null) {
            poll.answer(NOOP);
        }
        if (drained != null) {
            transport.whenDrained(drained);
        }
        return true;
    }

    @Override
    public boolean send(List<Frame> frames) {
        return offer(frames, 0);
    }

    @Override
    public boolean sendUrgent(List<Frame> frames) {
        return offer(frames, URGENT_MARGIN);
    }

    @Override
    public long queuedBytes() {
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (next == null) {
                return bytes;
            }
        }
        return next.queuedBytes();
    }

    @Override
    public void whenDrained(Runnable action) {
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (next == null && bytes > limit / 4) {
                whenDrained = action;
                return;
            }
        }
        if (next == null) {
            action.run();
        } else {
            next.whenDrained(action);
        }
    }

    @Override
    public void close(CloseCause cause) {
        Poll poll;
        List<Frame> packets;
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
                return;
            }
            whenDrained = null;
            poll = takePoll();
            if (!cause.lingers()) {
                takeBuffer();
            }
            add(cause == CloseCause.CLIENT ? NOOP : CLOSE);
            phase = poll == null && cause.lingers() ? Phase.LINGERING : Phase.CLOSED;
            packets = poll == null ? List.of() : takeBuffer();
        }
        if (next != null) {
            next.close(cause);
        } else if (poll != null) {
            poll.answer(packets);
        }
    }

    private boolean offer(List<Frame> frames, int margin) {
        Poll poll;
        List<Frame> packets;
        synchronized (this) {
            EngineTransport next = successor;
            if (next != null) {
                return margin > 0 ? next.sendUrgent(frames) : next.send(frames);
            }
            if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
                return margin > 0;
            }
            if (bytes > 0 && bytes + cost(frames) > limit + margin) {
                return false;
            }
            add(frames);
            poll = takePoll();
            if (poll == null) {
                return true;
            }
            packets = takeBuffer();
        }
        poll.answer(packets);
        return true;
    }

    private void add(List<Frame> frames) {
        buffer.addAll(frames);
        bytes += cost(frames);
    }

    private List<Frame> takeBuffer() {
        List<Frame> taken = buffer;
        buffer = new ArrayList<>(2);
        bytes = 0;
        return taken;
    }

    private @Nullable Poll takePoll() {
        Poll poll = waiting;
        waiting = null;
        return poll;
    }

    private @Nullable Runnable takeDrained() {
        Runnable drained = whenDrained;
        whenDrained = null;
        return drained;
    }

    private static long cost(List<Frame> frames) {
        long cost = 0;
        for (Frame frame : frames) {
            cost += frame.bytes() + OVERHEAD;
        }
        return cost;
    }
}
