package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL of {@link Retention}. Each statement covers at most one range of ids. Thread-safe. */
@Component
class RetentionStatements implements Retention.Tables {

    private static final String DELETE = "select young from delete_published_outbox(:first, :last, :before)";

    private final String slot;
    private final JdbcClient jdbc;
    private final OutboxIds ids;

    RetentionStatements(WalSettings wal, RelayDatabase database) {
        this.slot = wal.slot();
        this.jdbc = database.jdbc();
        this.ids = new OutboxIds(jdbc);
    }

    @Override
    public long lowWater() {
        return ids.lowWater(slot);
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
    public boolean deleteUpToYoung(IdRange range, Instant publishedBefore) {
        return jdbc.sql(DELETE)
                .param("first", range.first())
                .param("last", range.last())
                .param("before", Timestamp.from(publishedBefore))
                .query(Boolean.class)
                .single();
    }
}
