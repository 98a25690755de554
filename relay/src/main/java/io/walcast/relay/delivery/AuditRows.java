package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads the outbox for the audit. Each statement reads a bounded range of ids. Thread-safe. */
@Component
class AuditRows implements AuditCycle.Rows {

    private static final Logger LOG = LoggerFactory.getLogger(AuditRows.class);

    private static final String REASON = "the slot never brought this row; it is sent again";

    private static final String POSITION = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";

    private static final String UNSETTLED = "select id from unsettled_outbox(:first, :last) order by id";

    // The update comes first: it waits for a transaction that publishes the row, and then finds that it has.
    private static final String PARK = """
            with given_up as (
                update outbox set last_error = :reason
                where id = any (:ids) and published_at is null
                  and not exists (select from outbox_parked where outbox_id = outbox.id)
                returning id
            )
            insert into outbox_parked (outbox_id) select id from given_up on conflict do nothing
            returning outbox_id
            """;

    private final WalSettings wal;
    private final Parked parked;
    private final JdbcClient jdbc;
    private final OutboxIds ids;
    private final TransactionTemplate transaction;

    AuditRows(WalSettings wal, Parked parked, RelayDatabase database) {
        this.wal = wal;
        this.parked = parked;
        this.jdbc = database.jdbc();
        this.ids = new OutboxIds(jdbc);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
    }

    @Override
    public long lowWater() {
        return ids.lowWater(wal.slot());
    }

    @Override
    public long newest(long from) {
        return ids.newest(from);
    }

    @Override
    public OptionalLong between(long first, long last) {
        return ids.between(first, last);
    }

    @Override
    public long position() {
        return jdbc.sql(POSITION).query(Long.class).single();
    }

    @Override
    public List<Long> unsettled(IdRange range) {
        return jdbc.sql(UNSETTLED)
                .param("first", range.first())
                .param("last", range.last())
                .query(Long.class)
                .list();
    }

    /** In one transaction: a row that stayed parked would wait for a person. */
    @Override
    public int sendAgain(List<Long> ids) {
        List<Long> sent = inTransaction(ids);
        if (!sent.isEmpty()) {
            LOG.warn("The slot never brought {} outbox rows; they are sent again: {}", sent.size(), sent);
        }
        return sent.size();
    }

    private List<Long> inTransaction(List<Long> ids) {
        try {
            return transaction.execute(status -> park(ids).stream()
                    .sorted()
                    .filter(id -> parked.redrive(id).isPresent())
                    .toList());
        } catch (TransactionException e) {
            throw new DataAccessResourceFailureException("Stranded rows could not be sent again", e);
        }
    }

    private List<Long> park(List<Long> ids) {
        return jdbc.sql(PARK)
                .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                .param("reason", REASON)
                .query(Long.class)
                .list();
    }
}
