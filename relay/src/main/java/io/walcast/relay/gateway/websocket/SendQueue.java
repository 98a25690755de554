package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait on one connection: first in, first out, bounded by bytes. A frame counts until all of it has left.
 * Not thread-safe; holds no memory while empty.
 */
final class SendQueue {

    /** Bytes that each message counts beyond its content, so that a flood of empty ones is bounded too. */
    private static final int OVERHEAD = 32;

    private final SendBudget budget;
    private final long limit;
    private final long lowWater;
    private @Nullable ArrayDeque<Frame> waiting;
    private @Nullable Frame pong;

    /** Bytes of the first frame that have left. */
    private int begun;

    /** Bytes after those that are being written. */
    private int copied;

    private long bytes;

    /** Bytes beyond this queue's share since it was last within it. */
    private long overdrawn;

    /** @param budget shared with all other queues */
    SendQueue(long limit, SendBudget budget) {
        this.budget = budget;
        this.limit = limit;
        this.lowWater = limit / 4;
    }

    /**
     * Queues all of the frames or none.
     *
     * @param margin bytes by which these messages may pass the limit. One message alone always fits an empty queue:
     *     otherwise a message longer than the limit could never be sent.
     */
    boolean offer(List<Frame> frames, long margin) {
        long added = 0;
        for (int i = 0; i < frames.size(); i++) {
            added += cost(frames.get(i));
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
        bytes += added;
        ArrayDeque<Frame> queue = queue();
        for (int i = 0; i < frames.size(); i++) {
            queue.addLast(frames.get(i));
        }
        return true;
    }

    /** Queues a control frame of a kind of which there cannot be many. */
    void add(Frame control) {
        account(cost(control));
        queue().addLast(control);
    }

    /**
     * Queues the answer to a ping before all waiting frames. It replaces a waiting one: only the last of several pings
     * need be answered (RFC 6455, section 5.5.3).
     */
    void addPong(Frame answer) {
        ArrayDeque<Frame> leaving = takeLeaving();
        ArrayDeque<Frame> queue = queue();
        if (pong != null && queue.removeFirstOccurrence(pong)) {
            account(-cost(pong));
        }
        queue.addFirst(answer);
        while (!leaving.isEmpty()) {
            queue.addFirst(leaving.removeLast());
        }
        account(cost(answer));
        pong = answer;
    }

    /** Copies the bytes to write next, as many as fit; {@link #left} must follow. */
    void copyTo(ByteBuffer target) {
        if (waiting == null) {
            return;
        }
        int before = target.position();
        int from = begun;
        for (Frame frame : waiting) {
            frame.copy(from, target);
            if (!target.hasRemaining()) {
                break;
            }
            from = 0;
        }
        copied = target.position() - before;
    }

    /** The frame that is to be sent next, as a whole; {@link #left} with its length must follow. Null if there is none. */
    @Nullable
    Frame next() {
        Frame first = waiting == null ? null : waiting.peekFirst();
        if (first != null) {
            copied = first.wireBytes();
        }
        return first;
    }

    /**
     * Removes the bytes that have left.
     *
     * @return whether a frame is complete with it
     */
    boolean left(int count) {
        if (waiting == null) {
            return false;
        }
        long freed = 0;
        copied = 0;
        begun += count;
        for (Frame frame = waiting.peekFirst();
                frame != null && begun >= frame.wireBytes();
                frame = waiting.peekFirst()) {
            begun -= frame.wireBytes();
            freed += cost(frame);
            waiting.removeFirst();
            if (frame == pong) {
                pong = null;
            }
        }
        account(-freed);
        if (waiting.isEmpty()) {
            waiting = null;
        }
        return freed > 0;
    }

    /** Drops all frames except one that is partly written: without its end the client could not parse later frames. */
    void clear() {
        ArrayDeque<Frame> leaving = takeLeaving();
        long kept = 0;
        for (Frame frame : leaving) {
            kept += cost(frame);
        }
        account(kept - bytes);
        waiting = leaving.isEmpty() ? null : leaving;
        pong = null;
    }

    /** Drops all frames, when the connection has ended. */
    void drop() {
        waiting = null;
        pong = null;
        begun = 0;
        copied = 0;
        account(-bytes);
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

    /** Removes and returns the frames of which a part has left or is being written. */
    private ArrayDeque<Frame> takeLeaving() {
        var leaving = new ArrayDeque<Frame>(4);
        for (long bound = (long) begun + copied; bound > 0 && waiting != null && !waiting.isEmpty(); ) {
            Frame frame = waiting.removeFirst();
            bound -= frame.wireBytes();
            leaving.addLast(frame);
        }
        return leaving;
    }

    private ArrayDeque<Frame> queue() {
        ArrayDeque<Frame> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            waiting = queue;
        }
        return queue;
    }

    private void account(long change) {
        bytes += change;
        if (bytes == 0) {
            overdrawn = 0;
        }
        if (change != 0) {
            budget.release(-change);
        }
    }

    private static int cost(Frame frame) {
        return frame.bytes() + OVERHEAD;
    }
}
