package io.walcast.relay.gateway.websocket;

import io.walcast.identity.ByteBudget;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that may wait on all connections together, and what became of clients that left too little for the others.
 *
 * <p>The queues share a {@link ByteBudget}: each may grow up to what is free at that moment, so the longest are refused first
 * (the dynamic threshold of shared-memory switches). That alone would not do: clients that stop reading one after the other
 * each take half of what the one before has left, and what they have taken never drains. The budget therefore keeps a quarter
 * for the connections on which nothing waits. When that is used up as well, {@link #wasExhausted} says that a slow client must
 * be disconnected. What waits never passes the budget, but for the urgent margin of each connection.
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

    /** Takes bytes for control messages, whose margin the queue counts. */
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

    /** Clients that were disconnected for that so far. */
    public long slowClients() {
        return slowClients.get();
    }

    /** Whether a connection was refused on which nothing waits, since this was last asked. */
    boolean wasExhausted() {
        return exhausted.getAndSet(false);
    }

    /** Whether only what is kept for the connections on which nothing waits is left. */
    boolean isScarce() {
        return bytes.isScarce();
    }

    /** Bytes that wait now. */
    public long used() {
        return bytes.used();
    }
}
