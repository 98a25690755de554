package io.walcast.relay.delivery;

import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.runtime.RelayDatabase;
import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the rows of a replay from the table: whether they were settled before it began, or have lost their text. */
@Component
class SettledRows {

    private static final String NOW = """
            select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as position, clock_timestamp() as at
            """;

    // Parked rows have no published_at, but are settled.
    private static final String SHOWN = """
            select o.id, false as settled,
                   case when jsonb_exists(o.payload, 'scrubbed') and not jsonb_exists_any(o.payload, '{message,payload}')
                       then o.payload::text end as scrubbed
            from outbox o
            where o.id between :first and :last and (o.published_at is null or o.published_at >= :before)
              and not exists (select from outbox_parked p where p.outbox_id = o.id and p.parked_at < :before)
            union all
            select id, true, null from outbox where id between :first and :last and published_at < :before
            union all
            select outbox_id, true, null from outbox_parked
            where outbox_id between :first and :last and parked_at < :before
            """;

    private record Now(long position, Timestamp at) {}

    private final JdbcClient jdbc;
    private final EventCatalogue catalogue;

    SettledRows(RelayDatabase database, EventCatalogue catalogue) {
        this.jdbc = database.jdbc();
        this.catalogue = catalogue;
    }

    /** The filter for a replay that begins now. */
    ReplayFilter before() {
        Now now = jdbc.sql(NOW).query(Now.class).single();
        return new ReplayFilter(now.position(), range -> shown(range, now.at()), catalogue);
    }

    private List<ReplayFilter.Shown> shown(IdRange range, Timestamp before) {
        return jdbc.sql(SHOWN)
                .param("first", range.first())
                .param("last", range.last())
                .param("before", before)
                .query(ReplayFilter.Shown.class)
                .list();
    }
}
