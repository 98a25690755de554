package io.walcast.relay.delivery;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/**
 * One row on its way from the WAL to its mark. It belongs to one thread at a time: the one that delivers it, then the
 * one that retries it, then the one that marks it; only {@link #settled()} may be asked from anywhere.
 */
final class RowDelivery implements Settlement {

    private static final long NOT_MISSED = -1;

    private final OutboxRow row;
    private final Runnable whenSettled;

    private int attempts = 1;
    private boolean givenUp;
    private @Nullable String lastError;
    private long nextTransactionWhenMissed = NOT_MISSED;
    private boolean couldHaveAppeared;
    private volatile boolean settled;

    RowDelivery(OutboxRow row, Runnable whenSettled) {
        this.row = row;
        this.whenSettled = whenSettled;
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
        whenSettled.run();
    }

    /** Leaves the row to whoever reads it from the WAL again. */
    void abandon() {
        whenSettled.run();
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
