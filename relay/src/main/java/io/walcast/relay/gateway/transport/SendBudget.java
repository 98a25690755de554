package io.walcast.relay.gateway.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that may wait on all connections together.
 *
 * <p>A queue may grow only as far as there are bytes left for the others: up to what is free at that moment. So the share
 * of each shrinks as the budget fills, the longest queues are refused first, and a client that keeps up always finds room:
 * {@code n} clients that stopped reading leave {@code 1/(n+1)} of the budget free (the dynamic threshold of
 * shared-memory switches). What waits never passes the budget, but for the urgent margin of each connection.
 *
 * <p>Thread-safe.
 */
public final class SendBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong putOut = new AtomicLong();

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
        long free = limit - (used.addAndGet(bytes) - bytes);
        if (queued + bytes <= free) {
            return true;
        }
        release(bytes);
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

    /** Bytes that wait now. */
    public long used() {
        return used.get();
    }
}
