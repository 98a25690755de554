package io.walcast.relay.gateway.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that may wait on all connections together.
 *
 * <p>A queue may grow only as far as there are bytes left for the others: up to what is free at that moment. So the share
 * of each shrinks as the budget fills, and the longest queues are refused first (the dynamic threshold of shared-memory
 * switches). That alone would not do: clients that stop reading one after the other each take half of what the one before
 * has left, and what they have taken never drains. So a quarter is kept for the connections on which nothing waits, and when
 * that is used up as well, {@link #wasExhausted} says that somebody must be put out. What waits never passes the budget, but
 * for the urgent margin of each connection.
 *
 * <p>Thread-safe.
 */
public final class SendBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong putOut = new AtomicLong();
    private final AtomicBoolean exhausted = new AtomicBoolean();

    public SendBudget(long limit) {
        this.limit = limit;
    }

    /**
     * Takes the bytes for a queue.
     *
     * @param queued bytes that wait in that queue already
     * @return false if that would make the queue too long; nothing was taken
     */
    public boolean take(long bytes, long queued) {
        long before = used.addAndGet(bytes) - bytes;
        if (queued + bytes <= (queued == 0 ? limit : shared()) - before) {
            return true;
        }
        release(bytes);
        if (queued == 0) {
            exhausted.set(true);
        }
        return false;
    }

    /** Takes bytes for control messages, whose margin the queue counts. */
    public void overdraw(long bytes) {
        used.addAndGet(bytes);
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Notes that a client was put out because it reads too slowly. */
    public void putOut() {
        putOut.incrementAndGet();
    }

    /** Clients that were put out so far. */
    public long slowClients() {
        return putOut.get();
    }

    /** Whether a connection was refused on which nothing waits, since this was last asked. */
    boolean wasExhausted() {
        return exhausted.getAndSet(false);
    }

    /** Whether only what is kept for the connections on which nothing waits is left. */
    boolean isScarce() {
        return used.get() > shared();
    }

    private long shared() {
        return limit - limit / 4;
    }

    /** Bytes that wait now. */
    public long used() {
        return used.get();
    }
}
