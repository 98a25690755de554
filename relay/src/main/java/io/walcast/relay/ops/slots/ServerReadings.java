package io.walcast.relay.ops.slots;

import io.walcast.relay.delivery.IdRange;
import io.walcast.relay.delivery.UnsettledRows;
import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the state of the WAL from PostgreSQL. It needs no privilege. Without those of {@code pg_monitor} it sees less
 * of the transactions and walsenders of others, and not the data directory of the server.
 */
@Component
class ServerReadings {

    private static final String SERVER = """
            select current_setting('server_version_num')::int as version,
                   pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                                        else pg_current_wal_lsn() end, '0/0')::bigint as position,
                   (select nullif(setting::bigint, -1) * 1024 * 1024
                    from pg_settings where name = 'max_slot_wal_keep_size') as keep_bytes,
                   (select setting from pg_settings where name = 'data_directory') as data_directory,
                   coalesce(inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true) as local
            """;

    // Through to_jsonb, so that one statement fits all versions: a column that a version lacks is null.
    private static final String SLOTS = """
            select slot_name, slot_name = ? and database = current_database() as ours, slot_type, database, active_pid,
                   nullif(concat_ws(' ', nullif(application_name, ''), usename, client_addr), '') as client,
                   wal_status, safe_wal_size,
                   pg_wal_lsn_diff(s.restart_lsn, '0/0')::bigint as restart,
                   pg_wal_lsn_diff(coalesce(confirmed_flush_lsn, s.restart_lsn), '0/0')::bigint as confirmed,
                   (to_jsonb(s) ->> 'inactive_since')::timestamptz as inactive_since,
                   to_jsonb(s) ->> 'invalidation_reason' as invalidation_reason,
                   coalesce((to_jsonb(s) ->> 'failover')::boolean, false) as failover,
                   coalesce((to_jsonb(s) ->> 'synced')::boolean, false) as synced
            from pg_replication_slots s
            left join pg_stat_replication r on r.pid = s.active_pid
            where not temporary
            order by 2 desc, 1
            """;

    private static final String HOLDERS = """
            select 'pid ' || pid as name,
                   concat_ws(' ', nullif(application_name, ''), usename, datname, client_addr) as who,
                   coalesce(state, backend_type) as state, xact_start as since, left(query, 300) as query
            from pg_stat_activity
            where backend_xid is not null and xact_start < clock_timestamp() - interval '5 s'
            union all
            select 'prepared ' || quote_literal(gid), concat_ws(' ', owner, database), 'prepared', prepared, null
            from pg_prepared_xacts
            order by since
            limit 5
            """;

    private static final String UNSETTLED = """
            select count(*) as unsettled, min(created_at) as oldest from unsettled_outbox(:first, :last)
            """;

    private static final String PARKED = """
            select count(*) as parked, min(parked_at) as oldest from outbox_parked
            """;

    /**
     * @param version as in {@code server_version_num}
     * @param position the end of the WAL, in bytes from its beginning
     * @param keepBytes bytes that a slot may keep before it can be lost; null if there is no bound
     * @param dataDirectory null if the relay may not read it
     * @param local whether the server is reached over the loopback interface
     */
    record Server(
            int version,
            long position,
            @Nullable Long keepBytes,
            @Nullable String dataDirectory,
            boolean local) {}

    /** The sum of several ranges. */
    private static final class Unsettled {

        private long rows;
        private @Nullable Instant oldest;

        void add(long more, @Nullable Instant oldestOfThem) {
            rows += more;
            if (oldestOfThem != null && (oldest == null || oldestOfThem.isBefore(oldest))) {
                oldest = oldestOfThem;
            }
        }
    }

    private final String slot;
    private final UnsettledRows rows;
    private final JdbcClient jdbc;

    ServerReadings(WalSettings wal, UnsettledRows rows, RelayDatabase database) {
        this.slot = wal.slot();
        this.rows = rows;
        this.jdbc = database.jdbc();
    }

    Server server() {
        return jdbc.sql(SERVER).query(Server.class).single();
    }

    List<Slot> slots() {
        return jdbc.sql(SLOTS).param(slot).query((row, number) -> slot(row)).list();
    }

    /** Transactions that began more than 5 s ago and have written something, the oldest first, and at most five. */
    List<WalHoldingTransaction> holders() {
        return jdbc.sql(HOLDERS)
                .query((row, number) -> new WalHoldingTransaction(
                        row.getString("name"),
                        row.getString("who"),
                        row.getString("state"),
                        row.getTimestamp("since").toInstant(),
                        row.getString("query")))
                .list();
    }

    Backlog backlog() {
        var unsettled = new Unsettled();
        rows.walk(range -> {
            add(range, unsettled);
            return unsettled.rows < Backlog.MOST;
        });
        return jdbc.sql(PARKED)
                .query((row, number) -> new Backlog(
                        Math.min(unsettled.rows, Backlog.MOST),
                        unsettled.oldest,
                        row.getLong("parked"),
                        instant(row, "oldest")))
                .single();
    }

    private void add(IdRange range, Unsettled sum) {
        jdbc.sql(UNSETTLED)
                .param("first", range.first())
                .param("last", range.last())
                .query(row -> {
                    sum.add(row.getLong("unsettled"), instant(row, "oldest"));
                });
    }

    private static Slot slot(ResultSet row) throws SQLException {
        return new Slot(
                row.getString("slot_name"),
                row.getBoolean("ours"),
                row.getString("slot_type"),
                row.getString("database"),
                number(row, "active_pid"),
                row.getString("client"),
                row.getString("wal_status"),
                number(row, "restart"),
                number(row, "confirmed"),
                number(row, "safe_wal_size"),
                instant(row, "inactive_since"),
                row.getString("invalidation_reason"),
                row.getBoolean("failover"),
                row.getBoolean("synced"));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
