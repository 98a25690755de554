package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Knows which rows of a replay were settled before it began. */
@Component
class SettledRows {

    private static final String NOW = """
            select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as position, clock_timestamp() as at
            """;

    // Parked rows have no published_at, but are settled.
    private static final String SETTLED = """
            select id from outbox where id between :first and :last and published_at < :before
            union all
            select outbox_id from outbox_parked where outbox_id between :first and :last and parked_at < :before
            """;

    private record Now(long position, Timestamp at) {}

    private final JdbcClient jdbc;

    SettledRows(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    /** Tells the rows that are settled by now from others, once they are read again. */
    ReplayFilter before() {
        Now now = jdbc.sql(NOW).query(Now.class).single();
        return new ReplayFilter(now.position(), range -> settled(range, now.at()));
    }

    private List<Long> settled(IdRange range, Timestamp before) {
        return jdbc.sql(SETTLED)
                .param("first", range.first())
                .param("last", range.last())
                .param("before", before)
                .query(Long.class)
                .list();
    }
}
