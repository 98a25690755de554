package io.walcast.db;

import io.walcast.startup.StartupException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session of a login: properties of its database, and settings from URL, role and server.
 *
 * @param schema current schema; null if there is none that it may use
 * @param readOnlyRemedy the statement that lets the login write, for the place where {@code
 *     default_transaction_read_only} is set
 * @param schemaRemedy the statement that makes {@code public} its schema; null where the URL sets another one
 */
record Session(
        @Nullable String schema,
        String encoding,
        boolean standby,
        boolean readOnly,
        String readOnlyRemedy,
        @Nullable String schemaRemedy) {

    static Session of(Connection connection) {
        return ExternalServer.jdbc(connection).sql("""
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

    /** @throws StartupException if Walcast cannot work with it */
    void check(ServerLogin login) {
        Need.refuse(needs(login));
    }

    /** The unmet requirements that {@link #check} refuses. */
    List<Need> needs(ServerLogin login) {
        List<Need> needs = new ArrayList<>();
        if (standby) {
            needs.add(Need.of(
                    "PostgreSQL at " + login.server() + " is a standby, which accepts no writes",
                    "set " + login.urlKey() + " to its primary"));
        } else if (readOnly) {
            needs.add(new Need(
                    "PostgreSQL at " + login.server() + " is read-only for this login",
                    "unset default_transaction_read_only of its role, its database or its server, or correct "
                            + login.urlKey(),
                    readOnlyRemedy));
        }
        if (!encoding.equals("UTF8")) {
            needs.add(Need.of(
                    "database " + login.server() + " is encoded in " + encoding
                            + ", which cannot store every character",
                    "set " + login.urlKey() + " to one that was created with encoding UTF8"));
        }
        if (!"public".equals(schema)) {
            String statement = "alter role " + login.user() + " set search_path = public";
            needs.add(new Need(
                    "PostgreSQL at " + login.server() + " gives this login "
                            + (schema == null ? "no schema" : "schema " + schema)
                            + " as its current schema, and Walcast needs public",
                    "remove currentSchema from " + login.urlKey() + ", or run \"" + statement + "\" there",
                    schemaRemedy));
        }
        return needs;
    }
}
