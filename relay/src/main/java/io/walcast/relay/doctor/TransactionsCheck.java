package io.walcast.relay.doctor;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Transactions that have written something and do not end: a slot is not made before they do, and WAL is kept for them. */
final class TransactionsCheck implements Check {

    private static final String OPEN = """
            select concat('pid ', pid, ' (',
                          concat_ws(' ', nullif(application_name, ''), usename, datname, client_addr), ')') as name,
                   extract(epoch from clock_timestamp() - xact_start)::bigint as seconds,
                   format('select pg_terminate_backend(%s);', pid) as remedy
            from pg_stat_activity
            where backend_xid is not null and xact_start < clock_timestamp() - interval '5 s'
            union all
            select concat('prepared transaction ', quote_literal(gid), ' (', owner, ' ', database, ')'),
                   extract(epoch from clock_timestamp() - prepared)::bigint,
                   format('rollback prepared %L;', gid)
            from pg_prepared_xacts
            where prepared < clock_timestamp() - interval '5 s'
            order by seconds desc
            limit 5
            """;

    private record Open(String name, long seconds, String remedy) {}

    @Override
    public String topic() {
        return "transactions";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        List<Finding> findings = jdbc.sql(OPEN).query(Open.class).list().stream()
                .map(open -> Finding.warning(
                        topic(),
                        open.name() + " has been open for " + open.seconds()
                                + " s: no slot is made before it ends, and the WAL since then is kept",
                        open.remedy()))
                .toList();
        return findings.isEmpty()
                ? List.of(Finding.ok(topic(), "none that wrote something has been open for more than 5 s"))
                : findings;
    }
}
