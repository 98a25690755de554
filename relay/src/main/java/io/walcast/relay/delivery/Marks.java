package io.walcast.relay.delivery;

import static java.util.stream.Collectors.groupingBy;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.runtime.Backoff;
import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Marks outbox rows as published or parked, after the delivery: in batches, on a thread of its own.
 *
 * <p>The WAL shows a commit a moment before other transactions can see it (much earlier with synchronous replication),
 * so a mark may come too early and find no row. Such a mark is written again until the row is there, or until every
 * transaction that could still bring it has ended.
 *
 * <p><b>Lifecycle.</b> Starts before the WAL supervisor and stops after it; queued marks are written first.
 * <b>Concurrency.</b> Any thread may add; one thread writes. <b>Error policy.</b> A batch that cannot be written is
 * tried again without end, after 50 ms to 5 s, also after an {@code Error}; marking a row twice changes nothing.
 */
@Component
class Marks extends LifecycleThread {

    private static final Logger LOG = LoggerFactory.getLogger(Marks.class);

    private static final int BATCH = 1_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final MarkStatements statements;
    private final MessageStages stages;
    private final CanaryRows canaries;
    private final Duration interval;
    private final BlockingQueue<InFlightRow> queue = new LinkedBlockingQueue<>();

    /** Owned by the writing thread. A field and not a variable, so that no mark is lost after an Error. */
    private final List<InFlightRow> batch = new ArrayList<>();

    Marks(MarkStatements statements, MessageStages stages, CanaryRows canaries, DeliverySettings settings) {
        super("walcast-marks", ShutdownOrder.MARKS);
        this.statements = statements;
        this.stages = stages;
        this.canaries = canaries;
        this.interval = settings.markInterval();
    }

    /** Has the row marked published, or parked if it was given up; it is settled when that is committed. */
    void add(InFlightRow delivery) {
        queue.add(delivery);
    }

    @Override
    protected void run() {
        while (!stopping() || !queue.isEmpty()) {
            collect();
            if (!batch.isEmpty() && !writeUntilDone()) {
                return;
            }
            batch.clear();
        }
    }

    /** The first mark waits for others for one interval, unless a batch is full before. */
    private void collect() {
        try {
            if (batch.isEmpty()) {
                batch.add(queue.take());
            }
            if (queue.size() < BATCH) {
                Thread.sleep(interval.toMillis());
            }
        } catch (InterruptedException e) {
            // only stop() interrupts: queued marks are written without waiting for more
        }
        queue.drainTo(batch, BATCH - batch.size());
    }

    /** Returns false if stopping while the database cannot be reached: the rows are replayed and marked next time. */
    private boolean writeUntilDone() {
        var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            try {
                writeOnce();
                return true;
            } catch (RuntimeException | Error e) {
                if (stopping()) {
                    LOG.warn("{} rows stay unmarked: {}", batch.size(), e.toString());
                    return false;
                }
                LOG.warn("Could not mark {} rows, trying again: {}", batch.size(), e.toString());
            }
            try {
                Thread.sleep(backoff.next().toMillis());
            } catch (InterruptedException e) {
                // only stop() interrupts: one last try follows
            }
        }
    }

    private void writeOnce() {
        int written = 0;
        Map<Integer, List<InFlightRow>> publishedByAttempts =
                batch.stream().filter(delivery -> !delivery.isGivenUp()).collect(groupingBy(InFlightRow::attempts));
        for (var published : publishedByAttempts.entrySet()) {
            written += statements.publish(ids(published.getValue()), published.getKey());
        }
        List<InFlightRow> givenUp =
                batch.stream().filter(InFlightRow::isGivenUp).toList();
        if (!givenUp.isEmpty()) {
            written += statements.park(givenUp);
        }
        settle(written == batch.size() ? batch : withoutInvisible());
    }

    private void settle(List<InFlightRow> marked) {
        stages.marked(ids(marked));
        for (InFlightRow delivery : marked) {
            delivery.settle();
            canaries.settled(delivery);
        }
    }

    /** The rows of the batch that are marked, now or before. Rows that are not visible yet are queued again. */
    private List<InFlightRow> withoutInvisible() {
        Transactions transactions = statements.transactions();
        Set<Long> marked = statements.marked(ids(batch));
        List<InFlightRow> done = new ArrayList<>();
        List<InFlightRow> deleted = new ArrayList<>();
        for (InFlightRow delivery : batch) {
            if (marked.contains(delivery.id())) {
                done.add(delivery);
            } else if (delivery.mayStillAppear(transactions)) {
                if (!stopping()) {
                    queue.add(delivery);
                }
            } else {
                deleted.add(delivery);
            }
        }
        if (!deleted.isEmpty()) {
            LOG.warn(
                    "Outbox row {} was deleted before it could be marked ({} such rows)",
                    deleted.get(0).id(),
                    deleted.size());
            done.addAll(deleted);
        }
        return done;
    }

    private static List<Long> ids(List<InFlightRow> deliveries) {
        return deliveries.stream().map(InFlightRow::id).toList();
    }
}
