package io.walcast.relay.delivery;

import static java.util.stream.Collectors.groupingBy;

import io.walcast.relay.Backoff;
import io.walcast.relay.LifecycleThread;
import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.wal.WalSupervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes what became of rows into the outbox, in batches, behind the delivery.
 *
 * <p>The WAL shows a commit a moment before other transactions can see it (much earlier with synchronous replication),
 * so a mark may come too early and find no row. Such a mark is written again until the row is there, or until every
 * transaction that could still bring it has ended.
 *
 * <p><b>Lifecycle.</b> Starts before the WAL supervisor and stops after it, when what is queued is written.
 * <b>Concurrency.</b> Any thread may add; one thread writes. <b>Error policy.</b> A batch that cannot be written is
 * tried again without end, after 50 ms to 5 s; marking a row twice changes nothing.
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
    private final BlockingQueue<RowDelivery> queue = new LinkedBlockingQueue<>();

    Marks(MarkStatements statements, MessageStages stages, CanaryRows canaries, DeliverySettings settings) {
        super("walcast-marks", WalSupervisor.PHASE - 1);
        this.statements = statements;
        this.stages = stages;
        this.canaries = canaries;
        this.interval = settings.markInterval();
    }

    /** Has the row marked published, or parked if it was given up; it is settled when that is committed. */
    void add(RowDelivery delivery) {
        queue.add(delivery);
    }

    @Override
    protected void run() {
        List<RowDelivery> batch = new ArrayList<>();
        while (!stopping() || !queue.isEmpty()) {
            collect(batch);
            if (!batch.isEmpty() && !writeUntilDone(batch)) {
                return;
            }
            batch.clear();
        }
    }

    /** The first mark waits for others for one interval, unless a batch is full before. */
    private void collect(List<RowDelivery> batch) {
        try {
            batch.add(queue.take());
            if (queue.size() < BATCH) {
                Thread.sleep(interval.toMillis());
            }
        } catch (InterruptedException e) {
            // only stop() interrupts: what is queued is written without waiting for more
        }
        queue.drainTo(batch, BATCH);
    }

    /** Returns false if stopping while the database cannot be reached: the rows are replayed and marked next time. */
    private boolean writeUntilDone(List<RowDelivery> batch) {
        var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            try {
                writeOnce(batch);
                return true;
            } catch (DataAccessException e) {
                if (stopping()) {
                    LOG.warn("{} rows stay unmarked: {}", batch.size(), e.getMessage());
                    return false;
                }
                LOG.warn("Could not mark {} rows, trying again: {}", batch.size(), e.getMessage());
            }
            try {
                Thread.sleep(backoff.next().toMillis());
            } catch (InterruptedException e) {
                // only stop() interrupts: one last try follows
            }
        }
    }

    private void writeOnce(List<RowDelivery> batch) {
        int written = 0;
        Map<Integer, List<RowDelivery>> publishedByAttempts =
                batch.stream().filter(delivery -> !delivery.isGivenUp()).collect(groupingBy(RowDelivery::attempts));
        for (var published : publishedByAttempts.entrySet()) {
            written += statements.publish(ids(published.getValue()), published.getKey());
        }
        for (RowDelivery delivery : batch) {
            if (delivery.isGivenUp()) {
                written += statements.park(delivery);
            }
        }
        settle(written == batch.size() ? batch : withoutInvisible(batch));
    }

    private void settle(List<RowDelivery> marked) {
        stages.marked(marked.stream().map(RowDelivery::row).toList());
        for (RowDelivery delivery : marked) {
            delivery.settle();
            canaries.settled(delivery.row());
        }
    }

    /** What of the batch is marked, now or before. What is not yet visible is queued again. */
    private List<RowDelivery> withoutInvisible(List<RowDelivery> batch) {
        Transactions transactions = statements.transactions();
        Set<Long> marked = statements.marked(ids(batch));
        List<RowDelivery> done = new ArrayList<>();
        for (RowDelivery delivery : batch) {
            if (marked.contains(delivery.row().id())) {
                done.add(delivery);
            } else if (delivery.mayStillAppear(transactions)) {
                if (!stopping()) {
                    queue.add(delivery);
                }
            } else {
                LOG.warn(
                        "Outbox row {} was deleted before it could be marked",
                        delivery.row().id());
                done.add(delivery);
            }
        }
        return done;
    }

    private static List<Long> ids(List<RowDelivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.row().id()).toList();
    }
}
