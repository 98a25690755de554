package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Knows which rows of a replay are published already. */
@Component
class Published {

    private static final String POSITION = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";

    // Rows below the low-water id are settled and acknowledged long ago; parked rows have no published_at but are
    // settled.
    private static final String IDS = """
            select id
            from outbox
            where id >= coalesce((select low_water_id from relay_slots where slot_name = :slot), 0)
              and (published_at is not null or exists (select from outbox_parked where outbox_id = id))
            """;

    /**
     * What was published before some moment.
     *
     * @param ids the rows that are settled
     * @param before position in the WAL at that moment; no row at or behind it is among them
     */
    record Rows(Set<Long> ids, long before) {}

    private final WalSettings wal;
    private final JdbcClient jdbc;

    Published(WalSettings wal, RelayDatabase database) {
        this.wal = wal;
        this.jdbc = database.jdbc();
    }

    Rows load() {
        long before = jdbc.sql(POSITION).query(Long.class).single();
        Set<Long> ids = new HashSet<>();
        jdbc.sql(IDS).param("slot", wal.slot()).query(row -> {
            ids.add(row.getLong(1));
        });
        return new Rows(ids, before);
    }
}
