package io.walcast.relay.delivery;

import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Primary;

/** A sink that remembers what it took, and fails when it is told to. */
@Primary
class RecordingSink implements Sink {

    private final List<OutboxRow> taken = new ArrayList<>();
    private final List<OutboxRow> givenUp = new ArrayList<>();
    private int timesOthersDelivered;
    private int historyChanges;
    private volatile boolean asked;
    private volatile Consumer<OutboxRow> beforeTaking = row -> {};

    @Override
    public void open() {}

    @Override
    public boolean deliver(OutboxRow row, Outcome outcome) {
        asked = true;
        beforeTaking.accept(row);
        synchronized (this) {
            taken.add(row);
        }
        return true;
    }

    @Override
    public synchronized void othersDelivered() {
        timesOthersDelivered++;
    }

    @Override
    public synchronized void historyChanged() {
        historyChanges++;
    }

    @Override
    public @Nullable HaltedException failure() {
        return null;
    }

    @Override
    public synchronized boolean gaveUp(OutboxRow row, Outcome outcome) {
        givenUp.add(row);
        return true;
    }

    /** Whether a row has come, taken or not. */
    boolean isAsked() {
        return asked;
    }

    /** What happens to each row before it is taken; an exception refuses it. */
    void beforeTaking(Consumer<OutboxRow> action) {
        beforeTaking = action;
    }

    synchronized List<Long> takenIds() {
        return taken.stream().map(OutboxRow::id).toList();
    }

    synchronized int timesOthersDelivered() {
        return timesOthersDelivered;
    }

    synchronized int historyChanges() {
        return historyChanges;
    }

    synchronized long lastLsn() {
        return taken.get(taken.size() - 1).lsn();
    }

    synchronized List<Long> givenUpIds() {
        return givenUp.stream().map(OutboxRow::id).toList();
    }
}
