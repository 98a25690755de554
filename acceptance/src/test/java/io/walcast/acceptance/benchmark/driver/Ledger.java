package io.walcast.acceptance.benchmark.driver;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was posted, what arrived, and how long that took.
 *
 * <p>Messages are known by the number with which their content begins. A latency counts from the moment at which a post
 * was due, whether or not it could be sent by then, so no wait is omitted. Written by the reactor's thread; counts may be
 * read from any.
 */
public final class Ledger {

    private static final long LONGEST = TimeUnit.MINUTES.toNanos(2);

    private final long[] due;
    private final int socketsPerRoom;
    private volatile int made;
    private volatile long arrived;
    private volatile long repeated;
    private volatile long outOfOrder;
    private volatile int joined;
    private volatile long longestPing;
    private volatile int answered;
    private volatile @Nullable String trouble;
    private Histogram latencies = new Histogram(LONGEST, 3);
    private int measuredFrom;

    /**
     * @param most messages that can be posted
     * @param socketsPerRoom so many have to get each message
     */
    public Ledger(int most, int socketsPerRoom) {
        this.due = new long[most];
        this.socketsPerRoom = socketsPerRoom;
    }

    /** Notes a post that is due at that time, and returns its number. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
    int post(long dueNanos) {
        if (made == due.length) {
            throw new IllegalStateException("no room for more than " + due.length + " posts");
        }
        due[made] = dueNanos;
        return made++;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void noteArrival(int number, long now) {
        arrived++;
        if (number >= measuredFrom) {
            latencies.recordValue(Math.min(LONGEST, Math.max(0, now - due[number])));
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void noteAnswer() {
        answered++;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void noteRepeat() {
        repeated++;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void noteOutOfOrder() {
        outOfOrder++;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void noteJoin() {
        joined++;
    }

    void notePing(long sinceLast) {
        longestPing = Math.max(longestPing, sinceLast);
    }

    void noteTrouble(String why) {
        trouble = why;
    }

    /** Forgets the latencies so far; those of messages made from now on count. */
    void measure() {
        measuredFrom = made;
        latencies = new Histogram(LONGEST, 3);
    }

    Histogram latencies() {
        return latencies.copy();
    }

    public int made() {
        return made;
    }

    /** Posts that were answered 201. */
    public int answered() {
        return answered;
    }

    /** Deliveries, one for each message and socket. */
    public long arrived() {
        return arrived;
    }

    /** Deliveries that should have come and have not. */
    public long missing() {
        return (long) made * socketsPerRoom - arrived;
    }

    public long repeated() {
        return repeated;
    }

    public long outOfOrder() {
        return outOfOrder;
    }

    int joined() {
        return joined;
    }

    /** The longest time between two pings on one socket, in ns. */
    public long longestPing() {
        return longestPing;
    }

    /** How a socket ended that should not have; null if none did. */
    @Nullable
    String trouble() {
        return trouble;
    }

    @Override
    public String toString() {
        return "%d posted, %d answered, %d deliveries missing, %d repeated, %d out of order"
                .formatted(made, answered, missing(), repeated, outOfOrder);
    }
}
