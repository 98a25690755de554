package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the outbox for the audit. Each statement reads a bounded number of rows, by the primary key. Thread-safe. */
@Component
class AuditRows implements AuditCycle.Rows {

    private static final Logger LOG = LoggerFactory.getLogger(AuditRows.class);

    private static final String REASON = "the slot never brought this row; it is sent again";

    private static final String PAGE = """
            select count(*) as rows, max(id) as last,
                   array_agg(id order by id) filter (
                       where published_at is null and not exists (select from outbox_parked where outbox_id = id)
                   ) as unsettled
            from (select id, published_at from outbox where id > :after order by id limit :rows) page
            """;

    private static final String LOW_WATER =
            "select coalesce((select low_water_id from relay_slots where slot_name = :slot), 0)";

    private static final String POSITION = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";

    private static final String UNSETTLED = """
            select id from outbox
            where id = any (:ids) and published_at is null
              and not exists (select from outbox_parked where outbox_id = id)
            order by id
            """;

    private static final String PARK = """
            with parked as (
                insert into outbox_parked (outbox_id)
                select id from outbox where id = any (:ids) and published_at is null
                on conflict do nothing
                returning outbox_id
            )
            update outbox set last_error = :reason
            where id in (select outbox_id from parked)
            returning id
            """;

    private final WalSettings wal;
    private final Parked parked;
    private final JdbcClient jdbc;

    AuditRows(WalSettings wal, Parked parked, RelayDatabase database) {
        this.wal = wal;
        this.parked = parked;
        this.jdbc = database.jdbc();
    }

    @Override
    public Page page(long after, int rows) {
        return jdbc.sql(PAGE)
                .param("after", after)
                .param("rows", rows)
                .query((row, number) -> page(row, after, rows))
                .single();
    }

    @Override
    public long lowWater() {
        return jdbc.sql(LOW_WATER).param("slot", wal.slot()).query(Long.class).single();
    }

    @Override
    public long position() {
        return jdbc.sql(POSITION).query(Long.class).single();
    }

    @Override
    public List<Long> unsettled(Collection<Long> ids) {
        return jdbc.sql(UNSETTLED).param("ids", array(ids)).query(Long.class).list();
    }

    @Override
    public int sendAgain(List<Long> ids) {
        List<Long> stranded =
                jdbc.sql(PARK).param("ids", array(ids)).param("reason", REASON).query(Long.class).list().stream()
                        .sorted()
                        .toList();
        LOG.warn("{} outbox rows were never brought by the slot, and are sent again: {}", stranded.size(), stranded);
        return (int)
                stranded.stream().filter(id -> parked.redrive(id).isPresent()).count();
    }

    private static Page page(ResultSet row, long after, int rows) throws SQLException {
        long last = row.getLong("last");
        boolean empty = row.wasNull();
        Array unsettled = row.getArray("unsettled");
        return new Page(
                empty ? after : last,
                row.getLong("rows") == rows,
                unsettled == null ? List.of() : List.of((Long[]) unsettled.getArray()));
    }

    private static long[] array(Collection<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
