package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxConsumer.Settlement;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;

/** One row on its way from the WAL to its mark. */
final class RowDelivery implements Settlement {

    private final OutboxRow row;
    private final Runnable whenSettled;

    private int attempts = 1;
    private @Nullable String lastError;
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

    void failed(RuntimeException error) {
        lastError = error.toString();
    }

    void tryAgain() {
        attempts++;
    }

    void settle() {
        settled = true;
        whenSettled.run();
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
