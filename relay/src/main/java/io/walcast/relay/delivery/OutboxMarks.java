package io.walcast.relay.delivery;

import io.walcast.relay.runtime.RelayDatabase;
import java.util.Collection;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The marks in PostgreSQL. Thread-safe. */
@Component
class OutboxMarks implements MarkStatements {

    private static final String MARK_PUBLISHED = """
            update outbox set published_at = clock_timestamp(), attempts = attempts + :attempts, last_error = null
            where id = any(:ids) and published_at is null
            """;

    // The update comes first: it waits for another relay that publishes the row, and then finds that it has.
    private static final String PARK = """
            with given_up as (
                update outbox set attempts = outbox.attempts + given.attempts, last_error = given.error
                from unnest(:ids::bigint[], :attempts::int[], :errors::text[]) as given (id, attempts, error)
                where outbox.id = given.id and outbox.id = any(:ids::bigint[]) and published_at is null
                  and not exists (select from outbox_parked where outbox_id = outbox.id)
                returning outbox.id
            )
            insert into outbox_parked (outbox_id) select id from given_up on conflict do nothing
            """;

    private static final String MARKED = """
            select id from outbox
            where id = any(:ids)
              and (published_at is not null or exists (select from outbox_parked where outbox_id = id))
            """;

    private final JdbcClient jdbc;

    OutboxMarks(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    @Override
    public int publish(Collection<Long> ids, int attempts) {
        return jdbc.sql(MARK_PUBLISHED)
                .param("ids", array(ids))
                .param("attempts", attempts)
                .update();
    }

    @Override
    public int park(Collection<InFlightRow> deliveries) {
        return jdbc.sql(PARK)
                .param("ids", deliveries.stream().mapToLong(InFlightRow::id).toArray())
                .param(
                        "attempts",
                        deliveries.stream().mapToInt(InFlightRow::attempts).toArray())
                .param("errors", deliveries.stream().map(InFlightRow::lastError).toArray(String[]::new))
                .update();
    }

    @Override
    public Set<Long> marked(Collection<Long> ids) {
        return jdbc.sql(MARKED).param("ids", array(ids)).query(Long.class).set();
    }

    @Override
    public Transactions transactions() {
        return jdbc.sql("""
                        select pg_snapshot_xmin(s)::text::bigint as oldest, pg_current_xact_id()::text::bigint as next
                        from pg_current_snapshot() s
                        """).query(Transactions.class).single();
    }

    private static long[] array(Collection<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
