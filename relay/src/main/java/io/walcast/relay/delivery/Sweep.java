package io.walcast.relay.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.RelayDatabase;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.WalSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.stereotype.Component;

/**
 * Delivers the unpublished rows that the slot may never bring.
 *
 * <p>It reads through one snapshot, taken after the slot's position was noted, so what it does not see is in the stream.
 * Rows come in order of id, which is order of seq within a conversation; a cursor keeps memory bounded.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private static final int PAGE = 1_000;

    private static final String UNPUBLISHED = """
            select id, topic, event_key, payload, headers,
                   to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
            from outbox
            where id >= coalesce((select low_water_id from relay_slots where slot_name = ?), 0)
              and published_at is null
              and not exists (select from outbox_parked where outbox_id = outbox.id)
            order by id
            """;

    private final WalSettings wal;
    private final DataSource dataSource;
    private final Deliveries deliveries;
    private final Counter sweeps;
    private final Counter sweptRows;

    Sweep(WalSettings wal, RelayDatabase database, Deliveries deliveries, MeterRegistry meters) {
        this.wal = wal;
        this.dataSource = database.dataSource();
        this.deliveries = deliveries;
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
        long abandonedBefore = deliveries.abandonments();
        long rows = deliverAll();
        deliveries.awaitSettled();
        if (deliveries.abandonments() != abandonedBefore) {
            throw new IllegalStateException("rows of the sweep were left behind: it is done again");
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
            long rows = deliverUnpublished(connection);
            connection.commit();
            return rows;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("sweep", UNPUBLISHED, e);
        }
    }

    private long deliverUnpublished(Connection connection) throws SQLException, InterruptedException {
        try (var select = connection.prepareStatement(UNPUBLISHED)) {
            select.setFetchSize(PAGE);
            select.setString(1, wal.slot());
            long count = 0;
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    deliveries.deliver(new OutboxRow(
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
}
