package io.walcast.relay.ops.canary;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.walcast.relay.delivery.CanaryRows;
import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.runtime.ShutdownOrder;
import io.walcast.relay.wal.WalStatus.State;
import io.walcast.relay.wal.WalSupervisor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes rows that no client sees, and waits until they are marked. Retention removes them like any others.
 *
 * <p><b>Lifecycle.</b> Runs with the application context; sends only while the relay streams. <b>Concurrency.</b> One
 * thread writes and waits, anyone may ask. <b>Error policy.</b> A row that does not come back in time is logged once,
 * and the relay is asked for another engine. The wait for the row continues until the relay stops streaming, which is
 * reported elsewhere. If the database refuses the row, which health reports too, another row is sent later.
 */
@Component
public final class Canary extends LifecycleThread {

    private static final Logger LOG = LoggerFactory.getLogger(Canary.class);

    private static final String APPEND = "select append_canary('{}') from generate_series(1, ?)";

    private static final Duration LOOK = Duration.ofMillis(20);

    /** A batch takes some 30 ms, most of it the pause in which marks wait for more. */
    private static final int WARM_UP_BATCH = 10;

    private static final int MOST_WARM_UP_ROWS = 100;

    private final CanarySettings settings;
    private final WalSupervisor relay;
    private final CanaryRows rows;
    private final JdbcClient jdbc;
    private final Timer roundTrips;
    private final Counter missed;

    private volatile boolean warm;
    private volatile @Nullable Instant overdueSince;

    Canary(
            CanarySettings settings,
            WalSupervisor relay,
            CanaryRows rows,
            RelayDatabase database,
            MeterRegistry meters) {
        super("walcast-canary", ShutdownOrder.BACKGROUND);
        this.settings = settings;
        this.relay = relay;
        this.rows = rows;
        this.jdbc = database.jdbc();
        this.roundTrips = Timer.builder("walcast.canary")
                .description("From writing a canary row until it had come back and was marked")
                .register(meters);
        this.missed = Counter.builder("walcast.canary.missed")
                .description("Canary rows that did not come back in time")
                .register(meters);
        TimeGauge.builder("walcast.canary.overdue", this::overdueSeconds, TimeUnit.SECONDS)
                .description("For how long a canary row is overdue, 0 if none is")
                .register(meters);
    }

    /** Whether the warm-up has ended; there is one in the life of this process. */
    public boolean warm() {
        return warm;
    }

    /** The time by which a canary row should have come back; null if none is overdue. */
    public @Nullable Instant overdueSince() {
        return overdueSince;
    }

    @Override
    protected void run() {
        try {
            awaitStreaming();
            warmUp();
            warm = true;
            while (!stopping() && !settings.interval().isZero()) {
                send();
                pause(settings.interval());
                awaitStreaming();
            }
        } catch (InterruptedException e) {
            // only stop() interrupts
        }
    }

    private void warmUp() throws InterruptedException {
        long begun = System.nanoTime();
        long deadline = begun + settings.warmUp().toNanos();
        int sent = 0;
        try {
            while (System.nanoTime() < deadline && sent < MOST_WARM_UP_ROWS && streaming()) {
                List<Long> ids = append(WARM_UP_BATCH);
                sent += ids.size();
                if (!rows.await(ids, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                    break;
                }
            }
        } catch (DataAccessException e) {
            LOG.warn("The relay starts without its warm-up: {}", e.getMessage());
        }
        LOG.debug("Warmed up with {} rows in {} ms", sent, (System.nanoTime() - begun) / 1_000_000);
    }

    private void send() throws InterruptedException {
        Instant sent = Instant.now();
        long begun = System.nanoTime();
        List<Long> ids;
        try {
            ids = append(1);
        } catch (DataAccessException e) {
            LOG.debug("No canary could be sent: {}", e.getMessage());
            return;
        }
        Duration wait = settings.patience();
        while (!rows.await(ids, wait)) {
            if (overdueSince == null) {
                if (!streaming()) {
                    return;
                }
                overdueSince = sent.plus(settings.patience());
                missed.increment();
                relay.deliversNothing("a canary row has not come back in "
                        + settings.patience().toSeconds() + " s");
                LOG.error(
                        "Canary row {} has not come back in {} s: the relay says that it streams, and delivers nothing",
                        ids.get(0),
                        settings.patience().toSeconds());
            }
            if (!streaming()) {
                break;
            }
            wait = LOOK;
        }
        if (overdueSince == null) {
            roundTrips.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
        overdueSince = null;
    }

    private List<Long> append(int many) {
        return jdbc.sql(APPEND).param(many).query(Long.class).list();
    }

    private void awaitStreaming() throws InterruptedException {
        while (!streaming() && !stopping()) {
            pause(LOOK);
        }
    }

    /** A driver may have consumed the interrupt of the stop. */
    private void pause(Duration duration) throws InterruptedException {
        if (!stopping()) {
            Thread.sleep(duration.toMillis());
        }
    }

    private boolean streaming() {
        return relay.status().state() == State.STREAMING;
    }

    private double overdueSeconds() {
        Instant since = overdueSince;
        return since == null ? 0 : Duration.between(since, Instant.now()).toMillis() / 1e3;
    }
}
