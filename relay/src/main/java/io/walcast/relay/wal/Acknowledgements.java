package io.walcast.relay.wal;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Acknowledges the settled head of an engine's {@link Positions}, with a record or a heartbeat, at intervals that its
 * own clock measures.
 *
 * <p><b>Concurrency.</b> {@link #atOnce} may be called by any thread; all else is for the engine's polling thread, the
 * only one that may acknowledge.
 */
final class Acknowledgements {

    private static final long EVERY_NANOS = Duration.ofMillis(500).toNanos();

    /** The second heartbeat after a row is certainly past the row's own commit. */
    private static final int AFTER_A_ROW = 2;

    private static final long HARDLY_ANY_WAL_BYTES = 16 * 1024;

    private final Positions positions;
    private final AcknowledgementListener listener;

    /**
     * The pause between two acknowledgements while no row comes and hardly any WAL: the note of an acknowledgement is
     * WAL itself, and would be a reason for the next one.
     */
    private final long quietPauseNanos;

    private long lastNanos = System.nanoTime();
    private long lastLsn;
    private int sinceRow;
    private boolean flushing;
    private volatile boolean atOnce;

    Acknowledgements(Positions positions, AcknowledgementListener listener, Duration quietPause) {
        this.positions = positions;
        this.listener = listener;
        this.quietPauseNanos = quietPause.toNanos();
    }

    /** From now on no acknowledgement waits for the clock. */
    void atOnce() {
        atOnce = true;
    }

    /** Notes that a row came, whose acknowledgement must not wait for long. */
    void rowCame() {
        sinceRow = 0;
    }

    /**
     * Acknowledges the settled positions, if it is time.
     *
     * @param carrier any record of this engine: the committer takes its partition, and the offset that it is given
     * @param readUpTo the position of the newest record
     */
    void acknowledge(
            ChangeEvent<SourceRecord, SourceRecord> carrier,
            RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer,
            long readUpTo)
            throws InterruptedException {
        long now = System.nanoTime();
        if (!atOnce && now - lastNanos < pauseNanos(readUpTo)) {
            return;
        }
        Map<String, ?> settled = positions.takeSettled();
        if (settled == null) {
            return;
        }
        lastNanos = now;
        lastLsn = OutboxRecords.acknowledged(settled);
        sinceRow++;
        listener.beforeAcknowledge(lastLsn);
        var offsets = committer.buildOffsets();
        settled.forEach(offsets::set);
        committer.markProcessed(carrier, offsets);
        flushing = true;
        try {
            committer.markBatchFinished();
        } finally {
            flushing = false;
        }
    }

    /** Whether the engine is asked to flush its offsets now. */
    boolean isFlushing() {
        return flushing;
    }

    private long pauseNanos(long readUpTo) {
        boolean quiet = sinceRow > AFTER_A_ROW && readUpTo - lastLsn <= HARDLY_ANY_WAL_BYTES;
        return quiet ? quietPauseNanos : EVERY_NANOS;
    }
}
