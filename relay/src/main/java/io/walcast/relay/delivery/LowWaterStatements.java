package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL of {@link LowWater}. Each statement covers at most one range of ids. */
@Component
class LowWaterStatements implements LowWater.Tables {

    private static final String STANDING =
            "select pg_postmaster_start_time()::text as server, (" + OutboxIds.LOW_WATER + ") as low_water";

    // Never above the last id that was assigned: the candidate may be older than a restart of the sequence.
    private static final String RAISE = """
            update relay_slots set low_water_id = :to, updated_at = now()
            where slot_name = :slot and low_water_id = :from
              and (not has_sequence_privilege(pg_get_serial_sequence('outbox', 'id'), 'select')
                   or :to - 1 <= coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass), 0))
            """;

    private static final String WRITERS = """
            select pg_postmaster_start_time()::text as server,
                   coalesce(array_agg(distinct virtualtransaction), '{}') as writers
            from pg_locks
            where locktype = 'relation' and relation = 'outbox'::regclass and mode = 'RowExclusiveLock' and granted
              and database = (select oid from pg_database where datname = current_database())
            """;

    private static final String LOWEST_UNSETTLED = "select min(id) from unsettled_outbox(:first, :last)";

    private final String slot;
    private final JdbcClient jdbc;
    private final OutboxIds ids;

    LowWaterStatements(WalSettings wal, RelayDatabase database) {
        this.slot = wal.slot();
        this.jdbc = database.jdbc();
        this.ids = new OutboxIds(jdbc);
    }

    @Override
    public LowWater.Standing standing() {
        return jdbc.sql(STANDING)
                .param("slot", slot)
                .query(LowWater.Standing.class)
                .single();
    }

    @Override
    public boolean raise(long from, long to) {
        return jdbc.sql(RAISE)
                        .param("from", from)
                        .param("to", to)
                        .param("slot", slot)
                        .update()
                == 1;
    }

    @Override
    public long newest(long from) {
        return ids.newest(from);
    }

    @Override
    public LowWater.Writers writers() {
        return jdbc.sql(WRITERS)
                .query((row, number) -> new LowWater.Writers(row.getString("server"), Set.of((String[])
                        row.getArray("writers").getArray())))
                .single();
    }

    @Override
    public OptionalLong between(long first, long last) {
        return ids.between(first, last);
    }

    @Override
    public OptionalLong lowestUnsettled(IdRange range) {
        return jdbc.sql(LOWEST_UNSETTLED)
                .param("first", range.first())
                .param("last", range.last())
                .query(OutboxIds::optional)
                .single();
    }
}
