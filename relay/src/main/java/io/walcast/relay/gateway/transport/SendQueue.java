package io.walcast.relay.gateway.transport;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait on one connection: first in, first out, bounded by bytes. A message counts until its write has
 * completed. Not thread-safe; holds no memory while empty.
 */
final class SendQueue {

    /** What one small message costs beyond its content, so that a flood of empty ones is bounded too. */
    private static final int OVERHEAD = 32;

    private final SendBudget budget;
    private final long limit;
    private final long lowWater;
    private @Nullable ArrayDeque<Frame> waiting;
    private @Nullable Frame current;
    private long bytes;

    /** What went beyond this queue's share since it was last within it. */
    private long overdrawn;

    /** @param budget shared with all other queues */
    SendQueue(long limit, SendBudget budget) {
        this.budget = budget;
        this.limit = limit;
        this.lowWater = limit / 4;
    }

    /**
     * Takes all or nothing.
     *
     * @param margin bytes by which these messages may pass the limit. One message alone always fits an empty queue:
     *     otherwise a message longer than the limit could never be sent.
     */
    boolean offer(List<Frame> frames, long margin) {
        long added = 0;
        for (Frame frame : frames) {
            added += cost(frame);
        }
        if (bytes > 0 && bytes + added > limit + margin) {
            return false;
        }
        if (budget.take(added, bytes)) {
            overdrawn = 0;
        } else if (overdrawn + added <= margin) {
            budget.overdraw(added);
            overdrawn += added;
        } else {
            return false;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(Math.max(4, frames.size()));
        }
        waiting.addAll(frames);
        bytes += added;
        return true;
    }

    /** The next message to write, which {@link #completed} must follow; null while one is in flight or none waits. */
    @Nullable
    Frame next() {
        if (current != null || waiting == null) {
            return null;
        }
        current = waiting.poll();
        if (waiting.isEmpty()) {
            waiting = null;
        }
        return current;
    }

    void completed() {
        if (current != null) {
            bytes -= cost(current);
            budget.release(cost(current));
            current = null;
        }
    }

    void clear() {
        waiting = null;
        long left = current == null ? 0 : cost(current);
        budget.release(bytes - left);
        bytes = left;
    }

    /** As {@link #clear}, and gives up the message in flight too, whose completion may never be told. */
    void end() {
        clear();
        completed();
    }

    boolean isWriting() {
        return current != null;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    boolean isLow() {
        return bytes <= lowWater;
    }

    long bytes() {
        return bytes;
    }

    private static int cost(Frame frame) {
        return frame.bytes() + OVERHEAD;
    }
}
