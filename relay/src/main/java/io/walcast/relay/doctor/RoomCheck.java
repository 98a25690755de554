package io.walcast.relay.doctor;

import io.walcast.relay.wal.WalSettings;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the server has a slot, a walsender and connections left for a relay. */
final class RoomCheck implements Check {

    /** Those of the relay's pool, its lock, and the two that its engine has beside the walsender. */
    private static final int CONNECTIONS = 11;

    // Without the walsender that has just been tried, which may not have ended.
    private static final String LEFT = """
            select current_setting('max_replication_slots')::int
                       - (select count(*) from pg_replication_slots where slot_name <> :slot)::int as slots,
                   current_setting('max_wal_senders')::int
                       - (select count(*) from pg_stat_replication
                          where pid not in (select pid from pg_stat_activity where application_name = 'walcast doctor'
                                            union
                                            select active_pid from pg_replication_slots
                                            where slot_name = :slot and active_pid is not null))::int as senders,
                   current_setting('max_connections')::int
                       - current_setting('superuser_reserved_connections')::int
                       - coalesce(current_setting('reserved_connections', true)::int, 0)
                       - (select coalesce(sum(numbackends), 0) from pg_stat_database)::int as connections,
                   (select rolconnlimit from pg_roles where rolname = current_user) as of_login,
                   quote_ident(current_user) as login,
                   current_setting('max_replication_slots')::int as max_slots,
                   current_setting('max_wal_senders')::int as max_senders,
                   current_setting('max_connections')::int as max_connections
            """;

    private record Left(
            int slots,
            int senders,
            int connections,
            int ofLogin,
            String login,
            int maxSlots,
            int maxSenders,
            int maxConnections) {}

    private final String slot;

    RoomCheck(WalSettings settings) {
        this.slot = settings.slot();
    }

    @Override
    public String topic() {
        return "room";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Left left = jdbc.sql(LEFT).param("slot", slot).query(Left.class).single();
        List<Finding> findings = new ArrayList<>();
        judge(findings, left.slots(), "replication slots", "max_replication_slots", left.maxSlots() + 10);
        judge(findings, left.senders(), "walsenders", "max_wal_senders", left.maxSenders() + 10);
        if (left.connections() < CONNECTIONS) {
            findings.add(Finding.warning(
                    topic(),
                    "of " + left.maxConnections() + " connections " + Math.max(0, left.connections())
                            + " are left, and a relay needs " + CONNECTIONS,
                    restart("max_connections", left.maxConnections() + 100)));
        }
        if (left.ofLogin() >= 0 && left.ofLogin() < CONNECTIONS) {
            findings.add(Finding.warning(
                    topic(),
                    "login " + left.login() + " may have " + left.ofLogin() + " connections, and a relay needs "
                            + CONNECTIONS,
                    "alter role " + left.login() + " connection limit -1;"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    topic(),
                    "replication slots, walsenders and connections are left: " + left.slots() + ", " + left.senders()
                            + " and " + left.connections()));
        }
        return findings;
    }

    private void judge(List<Finding> findings, int left, String what, String setting, int more) {
        if (left < 1) {
            findings.add(Finding.missing(topic(), "no " + what + " are left for the relay", restart(setting, more)));
        } else if (left < 2) {
            findings.add(Finding.warning(
                    topic(), "one of the " + what + " is left, which the relay takes", restart(setting, more)));
        }
    }

    private static String restart(String setting, int value) {
        return "alter system set " + setting + " = " + value + "; -- and restart PostgreSQL";
    }
}
