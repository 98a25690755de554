package io.walcast.relay.delivery;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * One row on its way from the WAL to its mark. It belongs to one thread at a time: the one that delivers it, then the
 * one that retries it, then the one that marks it; only {@link #settled()} may be asked from anywhere.
 *
 * <p>It ends once: a second end changes nothing, so a thread that was stopped by an {@code Error} may repeat all of its
 * work.
 */
final class InFlightRow implements Settlement, Sink.Outcome {

    /** Whoever put the row on its way: told of each step, and once of its end. */
    interface Origin {

        /** The row is delivered, or given up, and to be marked. */
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

    /** An upper bound of the heap that the row takes until it is let go of. */
    long bytes() {
        return bytes;
    }

    /** @throws IllegalStateException once it is let go of */
    OutboxRow row() {
        OutboxRow present = row;
        if (present == null) {
            throw new IllegalStateException("outbox row " + id + " was let go of");
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

    /** Notes the error as the table can store it: without NUL, and not longer than an error has to be. */
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
     * Whether the row, which a mark just did not find, can still become visible: not if it was missed again after all
     * transactions had ended that had begun when it was missed for the first time.
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

    /** Holds the row's content no longer: a mark needs its id only. */
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
