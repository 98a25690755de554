package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import io.walcast.relay.wal.WalSupervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes what became of rows into the outbox, in batches, behind the delivery.
 *
 * <p><b>Lifecycle.</b> Starts before the WAL supervisor and stops after it, when what is queued is written.
 * <b>Concurrency.</b> Any thread may add; one thread writes. <b>Error policy.</b> A batch that cannot be written is
 * tried again without end, after 50 ms to 5 s; marking a row twice changes nothing.
 */
@Component
class Marks implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Marks.class);

    private static final int BATCH = 1_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final String MARK_PUBLISHED = """
            update outbox set published_at = clock_timestamp(), attempts = attempts + 1, last_error = null
            where id = any(:ids) and published_at is null
            """;

    private static final String MARK_ONE = """
            update outbox set published_at = clock_timestamp(), attempts = attempts + :attempts, last_error = null
            where id = :id and published_at is null
            """;

    private static final String PARK = """
            with parked as (
                insert into outbox_parked (outbox_id) select id from outbox where id = :id
                on conflict do nothing
                returning outbox_id
            )
            update outbox set attempts = attempts + :attempts, last_error = :error
            where id in (select outbox_id from parked)
            """;

    private sealed interface Mark {
        RowDelivery delivery();

        record Published(RowDelivery delivery) implements Mark {}

        record Parked(RowDelivery delivery) implements Mark {}
    }

    private final JdbcClient jdbc;
    private final Duration interval;
    private final MessageStages stages;
    private final BlockingQueue<Mark> queue = new LinkedBlockingQueue<>();

    private volatile boolean stopping;
    private @Nullable Thread writer;

    Marks(RelayDatabase database, DeliverySettings settings, MessageStages stages) {
        this.jdbc = database.jdbc();
        this.interval = settings.markInterval();
        this.stages = stages;
    }

    /** Has the row marked published; it is settled when that is committed. */
    void published(RowDelivery delivery) {
        queue.add(new Mark.Published(delivery));
    }

    /** Has the row parked with its last error; it is settled when that is committed. */
    void parked(RowDelivery delivery) {
        queue.add(new Mark.Parked(delivery));
    }

    @Override
    public synchronized void start() {
        stopping = false;
        var thread = new Thread(this::write, "walcast-marks");
        writer = thread;
        thread.start();
    }

    @Override
    public synchronized void stop() {
        Thread thread = writer;
        if (thread == null) {
            return;
        }
        stopping = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return writer != null;
    }

    @Override
    public int getPhase() {
        return WalSupervisor.PHASE - 1;
    }

    private void write() {
        List<Mark> batch = new ArrayList<>();
        while (!stopping || !queue.isEmpty()) {
            collect(batch);
            if (!batch.isEmpty() && !writeUntilDone(batch)) {
                return;
            }
            batch.clear();
        }
    }

    /** The first mark waits for others for one interval, unless a batch fills up before. */
    private void collect(List<Mark> batch) {
        try {
            batch.add(queue.take());
            if (queue.size() < BATCH) {
                Thread.sleep(interval.toMillis());
            }
        } catch (InterruptedException e) {
            // stop() interrupts: what is queued is written without waiting for more
            stopping = true;
        }
        queue.drainTo(batch, BATCH);
    }

    /** Returns false if stopping while the database cannot be reached: the rows are replayed and marked next time. */
    private boolean writeUntilDone(List<Mark> batch) {
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                writeOnce(batch);
                return true;
            } catch (DataAccessException e) {
                if (stopping) {
                    LOG.warn("{} rows stay unmarked: {}", batch.size(), e.getMessage());
                    return false;
                }
                LOG.warn(
                        "Could not mark {} rows, trying again in {} ms: {}",
                        batch.size(),
                        pause.toMillis(),
                        e.getMessage());
            }
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                stopping = true;
            }
        }
    }

    private void writeOnce(List<Mark> batch) {
        long[] atFirstAttempt = batch.stream()
                .filter(mark ->
                        mark instanceof Mark.Published && mark.delivery().attempts() == 1)
                .mapToLong(mark -> mark.delivery().row().id())
                .toArray();
        if (atFirstAttempt.length > 0) {
            jdbc.sql(MARK_PUBLISHED).param("ids", atFirstAttempt).update();
        }
        for (Mark mark : batch) {
            RowDelivery delivery = mark.delivery();
            if (mark instanceof Mark.Parked) {
                jdbc.sql(PARK)
                        .param("id", delivery.row().id())
                        .param("attempts", delivery.attempts())
                        .param("error", delivery.lastError())
                        .update();
            } else if (delivery.attempts() > 1) {
                jdbc.sql(MARK_ONE)
                        .param("id", delivery.row().id())
                        .param("attempts", delivery.attempts())
                        .update();
            }
        }
        for (Mark mark : batch) {
            mark.delivery().settle();
        }
        stages.marked(batch.stream().map(mark -> mark.delivery().row()).toList());
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
}
