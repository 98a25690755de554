package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes published rows that are old enough, in batches so small that nobody waits for their locks.
 *
 * <p>It continues where the last deletion ended: as long as an old transaction is open, the rows that are deleted leave
 * their traces in the index, and a search from the beginning would pass all of them each time. Once an hour, or in each
 * retention time if that is longer, it does begin again, for rows that were not published when it passed. For one thread.
 */
@Component
class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final int BATCH = 1_000;
    private static final Duration SHORTEST_PASS = Duration.ofHours(1);

    private static final String DELETE = "select deleted, young from delete_published_outbox(:first, :last, :before)";

    private record Deletion(int deleted, boolean young) {}

    private final Duration retention;
    private final Duration pass;
    private final JdbcClient jdbc;
    private final OutboxIds ids;

    private long next;
    private Instant passBegun = Instant.now();

    Retention(OutboxSettings settings, RelayDatabase database) {
        this.retention = settings.retention();
        this.pass = retention.compareTo(SHORTEST_PASS) < 0 ? SHORTEST_PASS : retention;
        this.jdbc = database.jdbc();
        this.ids = new OutboxIds(jdbc);
    }

    /** Deletes all that is old enough now. */
    void deleteOld() {
        try {
            Instant now = Instant.now();
            if (now.isAfter(passBegun.plus(pass))) {
                next = 0;
                passBegun = now;
            }
            deleteBefore(Timestamp.from(now.minus(retention)));
        } catch (DataAccessException e) {
            LOG.warn("Published rows could not be deleted, trying again later: {}", e.getMessage());
        }
    }

    private void deleteBefore(Timestamp before) {
        long newest = ids.newest(next);
        Optional<IdRange> range = IdRange.next(next, newest, BATCH, ids);
        while (range.isPresent() && !Thread.currentThread().isInterrupted()) {
            next = range.get().first();
            if (delete(range.get(), before).young()) {
                return;
            }
            next = range.get().last() + 1;
            range = IdRange.next(next, newest, BATCH, ids);
        }
    }

    private Deletion delete(IdRange range, Timestamp before) {
        return jdbc.sql(DELETE)
                .param("first", range.first())
                .param("last", range.last())
                .param("before", before)
                .query(Deletion.class)
                .single();
    }
}
