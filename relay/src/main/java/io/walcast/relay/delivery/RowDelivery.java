package io.walcast.relay.delivery;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * One row on its way from the WAL to its mark. It belongs to one thread at a time: the one that delivers it, then the
 * one that retries it, then the one that marks it; only {@link #settled()} may be asked from anywhere.
 */
final class RowDelivery implements Settlement, Sink.Outcome {

    /** Where deliveries come from: told once for each how it ended. */
    interface Origin {

        /** The row is delivered, and to be marked. */
        void delivered(RowDelivery delivery);

        /** The row is published or parked. */
        void settled();

        /** The row is left to whoever reads it from the WAL, or the table, again. */
        void abandoned();
    }

    private static final long NOT_MISSED = -1;

    private final OutboxRow row;
    private final Origin origin;

    private int attempts = 1;
    private boolean givenUp;
    private @Nullable String lastError;
    private long nextTransactionWhenMissed = NOT_MISSED;
    private boolean couldHaveAppeared;
    private volatile boolean settled;

    RowDelivery(OutboxRow row, Origin origin) {
        this.row = row;
        this.origin = origin;
    }

    OutboxRow row() {
        return row;
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

    void failed(RuntimeException error) {
        lastError = error.toString();
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

    void settle() {
        settled = true;
        origin.settled();
    }

    @Override
    public void delivered() {
        origin.delivered(this);
    }

    /** Leaves the row to whoever reads it from the WAL again. */
    @Override
    public void abandoned() {
        origin.abandoned();
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
