package io.walcast.relay.delivery;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * One outbox row from its read until its mark. It belongs to one thread at a time: the one that delivers it, then the
 * one that retries it, then the one that marks it. Any thread may call {@link #settled()}.
 *
 * <p>It ends once: a second end changes nothing, so a thread that was stopped by an {@code Error} may repeat all of its
 * work.
 */
final class InFlightRow implements Settlement, Sink.Outcome {

    /** The creator of the row: called at each step, and once at its end. */
    interface Origin {

        /** The row is delivered or given up, and has to be marked. */
        void delivered(InFlightRow delivery);

        /** The row's content is no longer held. */
        void letGo(InFlightRow delivery);

        /** The row is published or parked. */
        void settled();

        /** The row is left to the next engine, or to the next sweep. */
        void abandoned();
    }

    private static final long NOT_MISSED = -1;

    /** The memory that a row takes in addition to its text, roughly. */
    private static final int OVERHEAD_BYTES = 500;

    private static final int LONGEST_ERROR = 1_000;

    private final long id;
    private final boolean canary;
    private final long bytes;
    private final Origin origin;

    private @Nullable OutboxRow row;
    private int attempts = 1;
    private boolean givenUp;
    private @Nullable String lastError;
    private long nextTransactionWhenMissed = NOT_MISSED;
    private boolean couldHaveAppeared;
    private boolean over;
    private volatile boolean settled;

    InFlightRow(OutboxRow row, Origin origin) {
        this.row = row;
        this.id = row.id();
        this.canary = CanaryRows.isCanary(row);
        this.bytes = OVERHEAD_BYTES
                + 2L
                        * ((long) row.payload().length()
                                + row.headers().length()
                                + row.eventKey().length()
                                + row.topic().length());
        this.origin = origin;
    }

    long id() {
        return id;
    }

    boolean isCanary() {
        return canary;
    }

    /** An upper bound of the heap that the row takes until its content is released. */
    long bytes() {
        return bytes;
    }

    /** @throws IllegalStateException once its content is released */
    OutboxRow row() {
        OutboxRow present = row;
        if (present == null) {
            throw new IllegalStateException("the content of outbox row " + id + " is released");
        }
        return present;
    }

    int attempts() {
        return attempts;
    }

    @Nullable
    String lastError() {
        return lastError;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    /** Whether a delivery failed before. */
    boolean hasFailed() {
        return lastError != null;
    }

    /** Notes the error as the table can store it: without NUL, and cut to 1,000 characters. */
    void failed(Throwable error) {
        String text = String.valueOf(error instanceof UndeliverableException ? error.getMessage() : error);
        text = text.replace('\0', ' ');
        lastError = text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "...";
    }

    void tryAgain() {
        attempts++;
    }

    void giveUp() {
        givenUp = true;
    }

    /**
     * Whether the row, which a mark just did not find, can still become visible. It cannot if a mark misses it again
     * after all transactions have ended that had begun when one first missed it.
     */
    boolean mayStillAppear(Transactions now) {
        if (couldHaveAppeared) {
            return false;
        }
        if (nextTransactionWhenMissed == NOT_MISSED) {
            nextTransactionWhenMissed = now.next();
        }
        couldHaveAppeared = now.oldest() >= nextTransactionWhenMissed;
        return true;
    }

    /** Releases the row's content: a mark needs its id only. */
    synchronized void letGo() {
        if (row != null) {
            row = null;
            origin.letGo(this);
        }
    }

    synchronized void settle() {
        settled = true;
        if (!over) {
            over = true;
            letGo();
            origin.settled();
        }
    }

    @Override
    public void delivered() {
        if (!isOver()) {
            origin.delivered(this);
        }
    }

    /** Leaves the row to the next engine, or to the next sweep. */
    @Override
    public synchronized void abandoned() {
        if (!over) {
            over = true;
            letGo();
            origin.abandoned();
        }
    }

    /** Whether it is settled or abandoned. */
    synchronized boolean isOver() {
        return over;
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
