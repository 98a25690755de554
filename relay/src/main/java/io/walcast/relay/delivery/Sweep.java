package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.WalSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Delivers the unpublished rows that the slot may never bring.
 *
 * <p>It reads through one snapshot, taken after the slot's position was noted, so rows that it does not show are in the
 * stream. Rows come in order of id, which is order of seq within a conversation. They are read in ranges of ids, and in
 * pages that are bounded in bytes, so that neither the time of a statement nor memory grows with the outbox.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private static final int PAGE_ROWS = 100;

    /** In bytes. A row that is longer is a page of its own. */
    private static final long PAGE_SIZE = 1024 * 1024;

    private static final String PAGE = """
            select id, topic, event_key, payload, headers, created_at
            from sweep_page(:first, :last, :rows, :bytes)
            """;

    private final WalSettings wal;
    private final DataSource dataSource;
    private final DeliveryPipeline pipeline;
    private final Counter sweeps;
    private final Counter sweptRows;

    Sweep(WalSettings wal, RelayDatabase database, DeliveryPipeline pipeline, MeterRegistry meters) {
        this.wal = wal;
        this.dataSource = database.dataSource();
        this.pipeline = pipeline;
        this.sweeps = Counter.builder("walcast.sweeps")
                .description("Sweeps of the outbox table, one for each time that the slot was in doubt")
                .register(meters);
        this.sweptRows = Counter.builder("walcast.swept.rows")
                .description("Unpublished outbox rows that sweeps delivered")
                .register(meters);
    }

    /** Returns when every row that a snapshot of now shows as unpublished is published or parked. */
    void run() throws InterruptedException {
        Instant begun = Instant.now();
        long abandonedBefore = pipeline.abandonments();
        long rows = deliverAll();
        pipeline.awaitSettled();
        if (pipeline.abandonments() != abandonedBefore) {
            throw new IllegalStateException("rows of the sweep were abandoned; the sweep is repeated");
        }
        sweeps.increment();
        sweptRows.increment(rows);
        LOG.info(
                "Swept {} unpublished rows in {} ms",
                rows,
                Duration.between(begun, Instant.now()).toMillis());
    }

    private long deliverAll() throws InterruptedException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            long rows = deliverUnsettled(connection);
            connection.commit();
            return rows;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("sweep", PAGE, e);
        }
    }

    private long deliverUnsettled(Connection connection) throws InterruptedException {
        JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        var ids = new OutboxIds(jdbc);
        long lowWater = ids.lowWater(wal.slot());
        long newest = ids.newest(lowWater);
        long rows = 0;
        Optional<IdRange> range = IdRange.next(lowWater, newest, LowWater.WIDTH, ids);
        while (range.isPresent()) {
            rows += deliver(jdbc, range.get());
            range = range.get().following(newest, LowWater.WIDTH, ids);
        }
        return rows;
    }

    private long deliver(JdbcClient jdbc, IdRange range) throws InterruptedException {
        long count = 0;
        List<OutboxRow> page = page(jdbc, range.first(), range.last());
        while (!page.isEmpty()) {
            long last = 0;
            for (OutboxRow row : page) {
                pipeline.deliver(row);
                last = row.id();
            }
            count += page.size();
            page = page(jdbc, last + 1, range.last());
        }
        return count;
    }

    private static List<OutboxRow> page(JdbcClient jdbc, long first, long last) {
        return jdbc.sql(PAGE)
                .param("first", first)
                .param("last", last)
                .param("rows", PAGE_ROWS)
                .param("bytes", PAGE_SIZE)
                .query((row, number) -> new OutboxRow(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        0,
                        null,
                        Instant.now()))
                .list();
    }
}
