package io.walcast.relay.gateway.websocket;

import io.walcast.identity.ByteBudget;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The shared budget of bytes that may wait on all connections together, and the count of clients that were disconnected
 * for it.
 *
 * <p>The queues share a {@link ByteBudget}: each may grow up to the bytes that are free at that moment, so the longest
 * are refused first (the dynamic threshold of shared-memory switches). That alone is not enough: clients that stop
 * reading one after the other each take half of the rest, and their queues never drain. The budget therefore reserves a
 * quarter for the connections on which nothing waits. When that is used up as well, {@link #wasExhausted} tells that a
 * slow client must be disconnected. The waiting bytes never pass the budget, except by the urgent margin of each
 * connection.
 *
 * <p>Thread-safe.
 */
public final class SendBudget {

    private final ByteBudget bytes;
    private final AtomicLong slowClients = new AtomicLong();
    private final AtomicBoolean exhausted = new AtomicBoolean();

    public SendBudget(long limit) {
        this.bytes = new ByteBudget(limit);
    }

    /**
     * Takes the bytes for a queue.
     *
     * @param queued bytes that wait in that queue already
     * @return false if that would make the queue too long; nothing was taken
     */
    public boolean take(long count, long queued) {
        if (bytes.take(count, queued)) {
            return true;
        }
        if (queued == 0) {
            exhausted.set(true);
        }
        return false;
    }

    /** Takes bytes for control messages beyond the budget; the queue counts the margin. */
    public void overdraw(long count) {
        bytes.overdraw(count);
    }

    public void release(long count) {
        bytes.release(count);
    }

    /** Counts a client that was disconnected because it reads too slowly. */
    public void countSlow() {
        slowClients.incrementAndGet();
    }

    /** The number of clients that were disconnected for that so far. */
    public long slowClients() {
        return slowClients.get();
    }

    /** Whether a connection with an empty queue was refused bytes since the last call. */
    boolean wasExhausted() {
        return exhausted.getAndSet(false);
    }

    /** Whether only the reserve for connections with an empty queue is left. */
    boolean isScarce() {
        return bytes.isScarce();
    }

    /** Bytes that wait now. */
    public long used() {
        return bytes.used();
    }
}
