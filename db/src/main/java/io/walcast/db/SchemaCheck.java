package io.walcast.db;

import io.walcast.startup.StartupException;
import java.sql.Connection;
import java.util.Locale;
import java.util.Map;

/**
 * Checks before Flyway runs that the schema exists or can be created, so that a problem is reported in one sentence.
 */
final class SchemaCheck {

    /**
     * Migrates a schema that contains other tables too, lets a migration take as long as it needs, and has it see what
     * others commit meanwhile.
     */
    static final Map<String, Object> FLYWAY = Map.of(
            "spring.flyway.baseline-on-migrate", "true",
            "spring.flyway.baseline-version", "0",
            // With an index, since Spring would take a text with commas for a list.
            "spring.flyway.init-sqls[0]", """
                    set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
                    set default_transaction_isolation = 'read committed';
                    select set_config('transaction_timeout', '0', false)
                    where current_setting('transaction_timeout', true) <> '0'
                    """);

    private static final String HISTORY = "select to_regclass('public.flyway_schema_history') is not null";

    private static final String IS_OURS = """
            select exists (select from flyway_schema_history
                           where version = '1' and description = 'conversations messages outbox')
                or not exists (select from flyway_schema_history where version <> '0')
            """;

    private static final String IN_THE_WAY = """
            select 'table ' || relname from pg_class
            where relnamespace = 'public'::regnamespace
              and relname in ('conversations', 'members', 'former_members', 'messages', 'reactions', 'reaction_states',
                              'conversation_events', 'own_states', 'outbox', 'outbox_parked', 'relay_slots', 'ops_audit')
            union all
            select 'publication ' || pubname from pg_publication where pubname = 'walcast'
            order by 1 desc
            limit 1
            """;

    private static final String MAY_CREATE = """
            select has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create')
            """;

    private SchemaCheck() {}

    static void check(Connection connection, ServerLogin migration) {
        var jdbc = ExternalServer.jdbc(connection);
        if (jdbc.sql(HISTORY).query(Boolean.class).single()) {
            boolean readable = jdbc.sql("select has_table_privilege('public.flyway_schema_history', 'select')")
                    .query(Boolean.class)
                    .single();
            if (readable && !jdbc.sql(IS_OURS).query(Boolean.class).single()) {
                throw problem(
                        "database %s has the migrations of another application in flyway_schema_history; set %s to a database of Walcast's own",
                        migration);
            }
            return;
        }
        if (!jdbc.sql(MAY_CREATE).query(Boolean.class).single()) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "user %s may not create the schema and the publication in PostgreSQL at %s; make it the owner of that database, or set spring.flyway.user to a role that may",
                    migration.user(),
                    migration.server()));
        }
        var inTheWay = jdbc.sql(IN_THE_WAY).query(String.class).optional();
        if (inTheWay.isPresent()) {
            throw problem(
                    "database %s has a " + inTheWay.get()
                            + " already, and no history of Walcast's migrations; set %s to a database of Walcast's own",
                    migration);
        }
    }

    private static StartupException problem(String sentence, ServerLogin login) {
        return new StartupException(String.format(Locale.ROOT, sentence, login.server(), login.urlKey()));
    }
}
