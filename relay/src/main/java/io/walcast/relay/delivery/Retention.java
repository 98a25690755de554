package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes published rows that are old enough, in batches so small that nobody waits for their locks. */
@Component
class Retention implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final int BATCH = 1_000;

    private final OutboxSettings settings;
    private final JdbcClient jdbc;
    private @Nullable ScheduledExecutorService rounds;

    Retention(OutboxSettings settings, RelayDatabase database) {
        this.settings = settings;
        this.jdbc = database.jdbc();
    }

    @Override
    public synchronized void start() {
        var executor = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "walcast-retention"));
        long interval = settings.retentionInterval().toMillis();
        var unused = executor.scheduleWithFixedDelay(this::round, interval, interval, TimeUnit.MILLISECONDS);
        rounds = executor;
    }

    @Override
    public synchronized void stop() {
        if (rounds != null) {
            rounds.shutdownNow();
            rounds = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return rounds != null;
    }

    private void round() {
        try {
            Timestamp before = Timestamp.from(Instant.now().minus(settings.retention()));
            int deleted;
            do {
                deleted = jdbc.sql("select delete_published_outbox(?, ?)")
                        .params(before, BATCH)
                        .query(Integer.class)
                        .single();
            } while (deleted == BATCH && !Thread.currentThread().isInterrupted());
        } catch (DataAccessException e) {
            LOG.warn("Published rows could not be deleted, trying again later: {}", e.getMessage());
        }
    }
}
