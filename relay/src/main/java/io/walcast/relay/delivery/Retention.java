package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import java.sql.Timestamp;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes published rows that are old enough, in batches so small that nobody waits for their locks. */
@Component
class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final int BATCH = 1_000;

    private final OutboxSettings settings;
    private final JdbcClient jdbc;

    Retention(OutboxSettings settings, RelayDatabase database) {
        this.settings = settings;
        this.jdbc = database.jdbc();
    }

    /** Deletes all that is old enough now. */
    void deleteOld() {
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
