package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanos;
    private final FailureLog log = new FailureLog(() -> nanos);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    @Test
    void oneRowIsToldOfAtOnceAndWithoutStackTrace() {
        fail(7, false);

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(lines.list.get(0).getFormattedMessage())
                .isEqualTo("Outbox row 7 (t): delivery 1 failed: java.lang.IllegalStateException: bad taste");
        assertThat(lines.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void aFloodIsOneLineASecondWithCounts() {
        for (int row = 0; row < 6_000; row++) {
            nanos += Duration.ofMillis(1).toNanos();
            fail(row, row % 2 == 1);
            log.flush();
        }
        assertThat(lines.list).hasSize(6);

        nanos += Duration.ofSeconds(1).toNanos();
        log.flush();
        log.flush();
        assertThat(lines.list).hasSize(7);
        assertThat(lines.list.get(6).getLevel()).isEqualTo(Level.ERROR);
        assertThat(lines.list.get(6).getFormattedMessage())
                .isEqualTo(
                        "Outbox row 5999 (t) is parked after 1 deliveries: java.lang.IllegalStateException: bad taste"
                                + " (and since the last such line: 499 more rows parked, 499 more deliveries failed)");
    }

    @Test
    void theEndIsToldOfAtOnce() {
        fail(1, false);
        fail(1, true);
        assertThat(lines.list).hasSize(1);

        log.close();
        log.close();
        assertThat(lines.list).hasSize(2);
    }

    private void fail(long id, boolean park) {
        var row = new OutboxRow(id, "t", "k", "{}", "{}", "", 0, null, Instant.EPOCH);
        var delivery = new InFlightRow(row, new Nobody());
        delivery.failed(new IllegalStateException("bad taste"));
        if (park) {
            log.parked(row, delivery);
        } else {
            log.failed(row, delivery);
        }
    }
}
