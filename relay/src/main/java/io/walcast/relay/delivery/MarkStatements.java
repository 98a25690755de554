package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import java.util.Collection;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes marks into the outbox. Each method is one transaction, and doing it twice changes nothing. */
@Component
class MarkStatements {

    private static final String MARK_PUBLISHED = """
            update outbox set published_at = clock_timestamp(), attempts = attempts + :attempts, last_error = null
            where id = any(:ids) and published_at is null
            """;

    private static final String PARK = """
            with parked as (
                insert into outbox_parked (outbox_id) select id from outbox where id = :id
                on conflict do nothing
                returning outbox_id
            )
            update outbox set attempts = attempts + :attempts, last_error = :error
            where id in (select outbox_id from parked)
            """;

    private static final String MARKED = """
            select id from outbox
            where id = any(:ids)
              and (published_at is not null or exists (select from outbox_parked where outbox_id = id))
            """;

    /**
     * Which transactions there are.
     *
     * @param oldest the oldest one that has not ended
     * @param next one that is later than all that had begun. A snapshot's own bound would not do: it is just behind the
     *     newest transaction that has ended, and later ones may run
     */
    record Transactions(long oldest, long next) {}

    private final JdbcClient jdbc;

    MarkStatements(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    /** Marks rows published after so many attempts each; returns how many rows were there and not marked before. */
    int publish(Collection<Long> ids, int attempts) {
        return jdbc.sql(MARK_PUBLISHED)
                .param("ids", array(ids))
                .param("attempts", attempts)
                .update();
    }

    /** Parks a row; returns 1 if it was there and not parked before, else 0. */
    int park(RowDelivery delivery) {
        return jdbc.sql(PARK)
                .param("id", delivery.row().id())
                .param("attempts", delivery.attempts())
                .param("error", delivery.lastError())
                .update();
    }

    /** Those of the rows that are visibly published or parked. */
    Set<Long> marked(Collection<Long> ids) {
        return jdbc.sql(MARKED).param("ids", array(ids)).query(Long.class).set();
    }

    Transactions transactions() {
        return jdbc.sql("""
                        select pg_snapshot_xmin(s)::text::bigint as oldest, pg_current_xact_id()::text::bigint as next
                        from pg_current_snapshot() s
                        """).query(Transactions.class).single();
    }

    private static long[] array(Collection<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
