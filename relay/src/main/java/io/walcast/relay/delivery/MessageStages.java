package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxRow;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The times at which the last few thousand outbox rows passed each stage of their delivery.
 *
 * <p>Thread-safe; a ring of fixed size, overwritten from its oldest entry on.
 */
@Component
public final class MessageStages {

    private static final int CAPACITY = 4_096;

    /**
     * The times of one row. The time of a stage that it has not passed, or that is unknown, is null.
     *
     * @param committedAt its transaction's commit, by PostgreSQL's clock
     * @param readAt read from the WAL
     * @param deliveredAt handed to the sink
     * @param markedAt its mark is committed
     */
    public record Stages(
            @Nullable Instant committedAt,
            Instant readAt,
            Instant deliveredAt,
            @Nullable Instant markedAt) {}

    private final long[] ids = new long[CAPACITY];
    private final @Nullable Stages[] stages = new Stages[CAPACITY];
    private final Clock clock = Clock.systemUTC();
    private final StageTimers timers;

    MessageStages(StageTimers timers) {
        this.timers = timers;
    }

    /** Notes that the row was handed to the sink just now. */
    public void delivered(OutboxRow row) {
        Instant now = clock.instant();
        timers.delivered(row, now);
        synchronized (this) {
            int slot = slot(row.id());
            ids[slot] = row.id();
            stages[slot] = new Stages(row.committedAt(), row.readAt(), now, null);
        }
    }

    /** Notes that the marks of these rows were committed just now. */
    public synchronized void marked(Collection<Long> outboxIds) {
        Instant now = clock.instant();
        for (long id : outboxIds) {
            int slot = slot(id);
            Stages known = stages[slot];
            if (ids[slot] == id && known != null) {
                timers.marked(known.deliveredAt(), now);
                stages[slot] = new Stages(known.committedAt(), known.readAt(), known.deliveredAt(), now);
            }
        }
    }

    /** The times of the row; empty if it was delivered too long ago, or by another process. */
    public synchronized Optional<Stages> find(long outboxId) {
        int slot = slot(outboxId);
        return ids[slot] == outboxId ? Optional.ofNullable(stages[slot]) : Optional.empty();
    }

    /** The times of the rows that were delivered since then and are still remembered, in no order. */
    public synchronized List<Stages> since(Instant then) {
        List<Stages> found = new ArrayList<>();
        for (Stages known : stages) {
            if (known != null && known.deliveredAt().isAfter(then)) {
                found.add(known);
            }
        }
        return found;
    }

    private static int slot(long id) {
        return (int) Math.floorMod(id, (long) CAPACITY);
    }
}
