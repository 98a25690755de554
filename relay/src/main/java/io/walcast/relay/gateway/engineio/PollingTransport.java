package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.gateway.websocket.SendBudget;
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
    private static final PollAnswer ONLY_NOOP = PollAnswer.of(NOOP);
    private static final List<Frame> CLOSE = List.of(Frame.text(String.valueOf(EnginePacket.CLOSE)));

    /** Time in which the last packet of an upgrade may be on its way, on another connection than the poll. */
    static final long HOLD_MILLIS = 25;

    private static final int URGENT_MARGIN = 16 * 1024;

    private final PacketBuffer buffer;
    private @Nullable Poll waiting;
    private boolean late;
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

    PollingTransport(long limit, SendBudget budget) {
        this.buffer = new PacketBuffer(limit, budget);
    }

    /** To be called by the thread of the poll's request. Refused and overlapping polls are left to the caller. */
    Reception receive(Poll poll) {
        PollAnswer packets;
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
                late = phase == Phase.UPGRADING || phase == Phase.PROBED;
                return phase == Phase.PROBED ? Reception.HELD : Reception.TAKEN;
            }
            packets = buffer.takeAll();
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
            if (waiting != poll || phase != Phase.PROBED) {
                return;
            }
            waiting = null;
        }
        poll.answer(ONLY_NOOP);
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

    /** Drops what nobody will fetch any more. */
    synchronized void forget() {
        phase = Phase.CLOSED;
        buffer.clear();
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
            late = false;
        }
    }

    /**
     * The client will complete the upgrade as soon as it has no poll any more.
     *
     * @return a poll that came after the WebSocket: perhaps the client has completed the upgrade already and this poll
     *     is wrong, so give that a moment to arrive and then {@link #release} it; null if there is none
     */
    @Nullable
    Poll probed() {
        Poll poll;
        synchronized (this) {
            if (phase != Phase.UPGRADING) {
                return null;
            }
            phase = Phase.PROBED;
            if (late) {
                return waiting;
            }
            poll = takePoll();
        }
        if (poll != null) {
            poll.answer(ONLY_NOOP);
        }
        return null;
    }

    /** Hands over, with all that waits. @return false when the session has ended meanwhile */
    boolean upgradeTo(EngineTransport transport) {
        Poll poll;
        boolean refused;
        Runnable drained;
        synchronized (this) {
            if (phase != Phase.PROBED) {
                return false;
            }
            phase = Phase.UPGRADED;
            if (!buffer.isEmpty()) {
                PollAnswer left = buffer.takeAll();
                left.end();
                transport.sendUrgent(left.packets());
            }
            successor = transport;
            refused = late;
            poll = takePoll();
            drained = takeDrained();
        }
        if (poll != null && refused) {
            poll.refuse(HandshakeError.BAD_REQUEST);
        } else if (poll != null) {
            poll.answer(ONLY_NOOP);
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
    public boolean isDrained() {
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (next == null) {
                return buffer.isLow();
            }
        }
        return next.isDrained();
    }

    @Override
    public void whenDrained(Runnable action) {
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (next == null && !buffer.isLow()) {
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
        @Nullable PollAnswer packets;
        EngineTransport next;
        synchronized (this) {
            next = successor;
            if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
                return;
            }
            whenDrained = null;
            poll = takePoll();
            if (!cause.lingers()) {
                buffer.clear();
            }
            if (next == null) {
                buffer.add(cause == CloseCause.CLIENT ? NOOP : CLOSE);
            }
            phase = poll == null && cause.lingers() ? Phase.LINGERING : Phase.CLOSED;
            packets = poll == null ? null : buffer.takeAll();
        }
        if (next != null) {
            next.close(cause);
        } else if (poll != null && packets != null) {
            poll.answer(packets);
        }
    }

    private boolean offer(List<Frame> frames, int margin) {
        Poll poll;
        PollAnswer packets;
        synchronized (this) {
            EngineTransport next = successor;
            if (next != null) {
                return margin > 0 ? next.sendUrgent(frames) : next.send(frames);
            }
            if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
                return margin > 0;
            }
            if (!buffer.offer(frames, margin)) {
                return false;
            }
            poll = takePoll();
            if (poll == null) {
                return true;
            }
            packets = buffer.takeAll();
        }
        poll.answer(packets);
        return true;
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
}
