package io.walcast.relay.delivery;

import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxConsumer;
import io.walcast.relay.wal.OutboxRow;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes the rows that the WAL side reads, and delivers each once to the sink and then to its mark.
 *
 * <p>A slot replays rows that were not acknowledged. So the first rows after a start may be settled already, and the
 * text of others may have been removed by an edit. The table shows which, as the rows come, until the stream has passed
 * the end of the WAL at the opening of the intake.
 */
@Component
class OutboxIntake implements OutboxConsumer {

    private final SettledRows settled;
    private final Sweep sweep;
    private final DeliveryPipeline pipeline;
    private final Sink sink;
    private final AuditRows auditRows;

    private @Nullable StreamIntake current;
    private AuditCycle audit;

    OutboxIntake(SettledRows settled, Sweep sweep, DeliveryPipeline pipeline, Sink sink, AuditRows auditRows) {
        this.settled = settled;
        this.sweep = sweep;
        this.auditRows = auditRows;
        this.audit = new AuditCycle(auditRows);
        this.pipeline = pipeline;
        this.sink = sink;
    }

    @Override
    public void sweep() throws InterruptedException {
        closeCurrent();
        startOver();
        sweep.run();
    }

    @Override
    public void historyChanged() throws InterruptedException {
        closeCurrent();
        startOver();
        sink.historyChanged();
    }

    @Override
    public Audit audit(long confirmed) {
        return audit.round(confirmed);
    }

    @Override
    public Intake open(boolean missedDeliveries) throws InterruptedException {
        closeCurrent();
        startOver();
        audit = new AuditCycle(auditRows);
        current = new StreamIntake(settled.before());
        if (missedDeliveries) {
            // After the filter: rows that it leaves out are in the tables by now, where subscriptions read them again.
            sink.othersDelivered();
        }
        return current;
    }

    private void closeCurrent() {
        if (current != null) {
            current.close();
        }
    }

    /** Leaves no row in flight: one that was delivered late would overtake the rows that are read again. */
    private void startOver() throws InterruptedException {
        pipeline.abandonRetries();
        sink.open();
        pipeline.awaitSettled();
    }

    private final class StreamIntake implements Intake {

        private final ReplayFilter replay;
        private volatile boolean closed;
        private volatile @Nullable Thread taker;

        StreamIntake(ReplayFilter replay) {
            this.replay = replay;
        }

        @Override
        public Settlement take(OutboxRow row) throws InterruptedException {
            // Without the lock: close() does not wait for an answer of PostgreSQL.
            OutboxRow present = closed ? row : replay.present(row);
            return present == null ? Settlement.DONE : deliver(present);
        }

        private synchronized Settlement deliver(OutboxRow row) throws InterruptedException {
            taker = Thread.currentThread();
            try {
                if (closed) {
                    throw new IllegalStateException("this engine was closed; the next one reads the row again");
                }
                return pipeline.deliver(row);
            } finally {
                taker = null;
            }
        }

        @Override
        public @Nullable HaltedException failure() {
            return sink.failure();
        }

        /**
         * Interrupts the delivery of a row in progress, and waits for its end, so that no row comes from this engine
         * afterwards.
         */
        @Override
        public void close() {
            closed = true;
            Thread waiting = taker;
            if (waiting != null) {
                waiting.interrupt();
            }
            synchronized (this) {
                taker = null;
            }
        }
    }
}
