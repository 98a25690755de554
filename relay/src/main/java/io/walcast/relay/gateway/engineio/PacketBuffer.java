package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.gateway.websocket.SendBudget;
import java.util.ArrayList;
import java.util.List;

/** Packets that wait for the next poll, bounded by bytes. Not thread-safe. */
final class PacketBuffer {

    /** What one packet costs beyond its content, so that a flood of empty ones is bounded too. */
    private static final int OVERHEAD = 32;

    private final long limit;
    private final SendBudget budget;
    private List<Frame> packets = new ArrayList<>(2);
    private long bytes;

    /** What went beyond this buffer's share since it was last within it. */
    private long overdrawn;

    PacketBuffer(long limit, SendBudget budget) {
        this.limit = limit;
        this.budget = budget;
    }

    /** All or nothing. @param margin bytes by which the limit may be passed; an empty buffer takes anything */
    boolean offer(List<Frame> frames, long margin) {
        long added = cost(frames);
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
        packets.addAll(frames);
        bytes += added;
        return true;
    }

    /** Whatever the limit. */
    void add(List<Frame> frames) {
        var unused = offer(frames, Long.MAX_VALUE / 2);
    }

    /** All packets, which count until the answer that carries them is written or given up. */
    PollAnswer takeAll() {
        long taken = bytes;
        var answer = new PollAnswer(packets, () -> budget.release(taken));
        packets = new ArrayList<>(2);
        bytes = 0;
        overdrawn = 0;
        return answer;
    }

    /** Drops all packets. */
    void clear() {
        takeAll().end();
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    boolean isLow() {
        return bytes <= limit / 4;
    }

    private static long cost(List<Frame> frames) {
        long cost = 0;
        for (Frame frame : frames) {
            cost += frame.bytes() + OVERHEAD;
        }
        return cost;
    }
}
