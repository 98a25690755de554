package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failed deliveries and parked rows, in at most one line a second: the newest row, and the number of the others.
 *
 * <p>Thread-safe. The first failure is logged at once. Failures within a second after a line are logged by
 * {@link #flush()}, which must be called about once a second.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private static final long LINE_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    /** A row to name in the log, without its content. */
    private record Example(
            long id,
            String topic,
            String eventKey,
            int attempts,
            @Nullable String error) {

        private static final int LONGEST_TEXT = 200;

        static Example of(OutboxRow row, InFlightRow delivery) {
            return new Example(
                    row.id(), cut(row.topic()), cut(row.eventKey()), delivery.attempts(), delivery.lastError());
        }

        private static String cut(String text) {
            return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
        }
    }

    private final LongSupplier clock;
    private long lineNanos;
    private int failures;
    private int parkings;
    private @Nullable Example failed;
    private @Nullable Example parked;

    FailureLog(LongSupplier clock) {
        this.clock = clock;
        this.lineNanos = clock.getAsLong() - LINE_EVERY_NANOS;
    }

    /** The delivery failed, and will be tried again. */
    synchronized void failed(OutboxRow row, InFlightRow delivery) {
        failures++;
        failed = Example.of(row, delivery);
        flush();
    }

    synchronized void parked(OutboxRow row, InFlightRow delivery) {
        parkings++;
        parked = Example.of(row, delivery);
        flush();
    }

    /** Writes the line that is due, if any. */
    synchronized void flush() {
        if (clock.getAsLong() - lineNanos >= LINE_EVERY_NANOS) {
            write();
        }
    }

    /** Writes the last line, whether it is due or not. */
    synchronized void close() {
        write();
    }

    private void write() {
        if (parked != null) {
            LOG.atError()
                    .addKeyValue("outboxId", parked.id())
                    .addKeyValue("conversationId", parked.eventKey())
                    .log(
                            "Outbox row {} ({}) is parked after {} deliveries: {}{}",
                            parked.id(),
                            parked.topic(),
                            parked.attempts(),
                            parked.error(),
                            others());
        } else if (failed != null) {
            LOG.atWarn()
                    .addKeyValue("outboxId", failed.id())
                    .addKeyValue("conversationId", failed.eventKey())
                    .log(
                            "Outbox row {} ({}): delivery {} failed: {}{}",
                            failed.id(),
                            failed.topic(),
                            failed.attempts(),
                            failed.error(),
                            others());
        } else {
            return;
        }
        lineNanos = clock.getAsLong();
        failures = 0;
        parkings = 0;
        failed = null;
        parked = null;
    }

    /** The failures that the line does not name. */
    private String others() {
        int otherParkings = Math.max(0, parkings - 1);
        int otherFailures = parkings == 0 ? failures - 1 : failures;
        if (otherParkings + otherFailures == 0) {
            return "";
        }
        return " (and since the last such line: " + otherParkings + " more rows parked, " + otherFailures
                + " more deliveries failed)";
    }
}
