package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.WalSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
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
 * stream. Rows come in order of id, which is order of seq within a conversation. They are read in ranges of ids, and a
 * few at a time, so that neither the time of a statement nor memory grows with the outbox.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** Rows that are in memory at once. */
    private static final int FETCHED = 100;

    private static final String UNSETTLED = """
            select id, topic, event_key, payload, headers,
                   to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
            from unsettled_outbox(?, ?)
            order by id
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
            throw new UncategorizedSQLException("sweep", UNSETTLED, e);
        }
    }

    private long deliverUnsettled(Connection connection) throws SQLException, InterruptedException {
        var ids = new OutboxIds(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        long lowWater = ids.lowWater(wal.slot());
        long newest = ids.newest(lowWater);
        long rows = 0;
        Optional<IdRange> range = IdRange.next(lowWater, newest, LowWater.WIDTH, ids);
        try (var select = connection.prepareStatement(UNSETTLED)) {
            select.setFetchSize(FETCHED);
            while (range.isPresent()) {
                rows += deliver(select, range.get());
                range = range.get().following(newest, LowWater.WIDTH, ids);
            }
        }
        return rows;
    }

    private long deliver(PreparedStatement select, IdRange range) throws SQLException, InterruptedException {
        select.setLong(1, range.first());
        select.setLong(2, range.last());
        long count = 0;
        try (var rows = select.executeQuery()) {
            while (rows.next()) {
                pipeline.deliver(new OutboxRow(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        0,
                        null,
                        Instant.now()));
                count++;
            }
        }
        return count;
    }
}
