package io.walcast.db;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a login finds itself in: what its database is made of, and what URL, role and server have set for it.
 *
 * @param schema where it creates and looks first; null if there is none that it may use
 * @param readOnlyRemedy what has the login write, wherever {@code default_transaction_read_only} is set
 * @param schemaRemedy what has the login work in {@code public}; null where the URL says where it works
 */
record Session(
        @Nullable String schema,
        String encoding,
        boolean standby,
        boolean readOnly,
        String readOnlyRemedy,
        @Nullable String schemaRemedy) {

    static Session of(Connection connection) {
        return OutsideServer.jdbc(connection).sql("""
                select current_schema()                                as schema,
                       current_setting('server_encoding')              as encoding,
                       pg_is_in_recovery()                             as standby,
                       current_setting('transaction_read_only') = 'on' as read_only,
                       format('set default_transaction_read_only = off; '
                                  || 'alter role %I in database %I set default_transaction_read_only = off',
                              current_user, current_database())                as read_only_remedy,
                       case
                           when not has_schema_privilege(to_regnamespace('public'), 'usage')
                               then format('grant usage on schema public to %I', current_user)
                           when (select source from pg_settings where name = 'search_path') <> 'client'
                               then format('alter role %I in database %I set search_path = public',
                                           current_user, current_database())
                       end as schema_remedy
                """).query(Session.class).single();
    }

    /** @throws StartupProblem if Walcast cannot work so */
    void check(ServerLogin login) {
        Need.refuse(needs(login));
    }

    /** What {@link #check} refuses. */
    List<Need> needs(ServerLogin login) {
        List<Need> needs = new ArrayList<>();
        if (standby) {
            needs.add(Need.of(
                    "PostgreSQL at " + login.server() + " is a standby, which nobody can write to",
                    "set " + login.properties() + ".url to its primary"));
        } else if (readOnly) {
            needs.add(new Need(
                    "PostgreSQL at " + login.server() + " lets this login read only",
                    "unset default_transaction_read_only of its role, its database or its server, or correct "
                            + login.properties() + ".url",
                    readOnlyRemedy));
        }
        if (!encoding.equals("UTF8")) {
            needs.add(Need.of(
                    "database " + login.server() + " is encoded in " + encoding
                            + ", which has no place for every character",
                    "set " + login.properties() + ".url to one that was created with encoding UTF8"));
        }
        if (!"public".equals(schema)) {
            String statement = "alter role " + login.user() + " set search_path = public";
            needs.add(new Need(
                    "PostgreSQL at " + login.server() + " has this login work in "
                            + (schema == null ? "no schema" : "schema " + schema)
                            + ", and Walcast keeps its tables in public",
                    "remove currentSchema from " + login.properties() + ".url, or run \"" + statement + "\" there",
                    schemaRemedy));
        }
        return needs;
    }
}
