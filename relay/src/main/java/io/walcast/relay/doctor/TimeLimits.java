package io.walcast.relay.doctor;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The settings of role, database and server for the login's sessions. The relay replaces the time limits among them,
 * since it waits on purpose.
 */
final class TimeLimits {

    private static final String TOPIC = "sessions";

    private static final String SETTINGS = """
            select name, setting, current_setting(name) as value,
                   format('alter role %I in database %I set ', current_user, current_database()) as of_login,
                   format('alter database %I set ', current_database()) as of_database,
                   source in ('user', 'database user') as logins_own
            from pg_settings
            where name in ('statement_timeout', 'lock_timeout', 'idle_session_timeout',
                           'idle_in_transaction_session_timeout', 'transaction_timeout', 'wal_sender_timeout',
                           'synchronous_commit')
            order by name
            """;

    private record Setting(
            String name, String setting, String value, String ofLogin, String ofDatabase, boolean loginsOwn) {}

    List<Finding> ask(Connection connection) {
        List<Setting> settings = JdbcClient.create(new SingleConnectionDataSource(connection, true))
                .sql(SETTINGS)
                .query(Setting.class)
                .list();
        List<Finding> findings = new ArrayList<>();
        for (Setting setting : settings) {
            // The relay sets its own value if the login's is off: this warning is about the commits of posts.
            if (setting.name().equals("synchronous_commit")
                    && setting.setting().equals("off")
                    && !setting.loginsOwn()) {
                findings.add(Finding.warning(
                        TOPIC,
                        "synchronous_commit is off: posts reach their readers 0.2 s later, and a crash loses the newest",
                        setting.ofDatabase() + "synchronous_commit = on;"));
            }
        }
        if (findings.isEmpty()) {
            findings.add(
                    Finding.ok(TOPIC, "no limits apply except those that the relay sets itself" + replaced(settings)));
        }
        return findings;
    }

    private static String replaced(List<Setting> settings) {
        String those = settings.stream()
                .filter(setting -> setting.name().endsWith("_timeout")
                        && !setting.setting().equals("0"))
                .map(setting -> setting.name() + " (" + setting.value() + ")")
                .collect(Collectors.joining(", "));
        return those.isEmpty() ? "" : "; it replaces " + those;
    }
}
