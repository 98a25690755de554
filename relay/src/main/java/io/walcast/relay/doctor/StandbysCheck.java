package io.walcast.relay.doctor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Standbys that the server waits for although they are away. */
final class StandbysCheck implements Check {

    private static final String RELOAD = " select pg_reload_conf();";

    // Without pg_monitor the state of another login's walsender is null: then nothing is said of it.
    private static final String AWAY = """
            select (select string_agg(name, ', ')
                    from unnest(string_to_array(current_setting('synchronized_standby_slots', true), ',')) n,
                         btrim(n, ' "') name
                    where name <> ''
                      and not exists (select from pg_replication_slots where slot_name = name and active))
                       as slots_away,
                   nullif(current_setting('synchronous_standby_names'), '') as synchronous,
                   pg_has_role('pg_read_all_stats', 'usage')
                   and not exists (select from pg_stat_replication where sync_state in ('sync', 'quorum'))
                       as synchronous_away
            """;

    private record Away(
            @Nullable String slotsAway, @Nullable String synchronous, boolean synchronousAway) {}

    @Override
    public String topic() {
        return "standbys";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Away away = jdbc.sql(AWAY).query(Away.class).single();
        List<Finding> findings = new ArrayList<>();
        if (away.slotsAway() != null) {
            findings.add(Finding.warning(
                    topic(),
                    "synchronized_standby_slots names a slot that nobody reads (" + away.slotsAway()
                            + "): a relay with a failover slot gets nothing until the standby is back, or",
                    "alter system set synchronized_standby_slots = '';" + RELOAD));
        }
        if (away.synchronous() != null && away.synchronousAway()) {
            findings.add(Finding.warning(
                    topic(),
                    "no standby of synchronous_standby_names (" + away.synchronous()
                            + ") is connected: each commit of a post waits until one is back, or",
                    "alter system set synchronous_standby_names = '';" + RELOAD));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(topic(), "none that the server waits for is away"));
        }
        return findings;
    }
}
