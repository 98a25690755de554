package io.walcast.db;

import io.walcast.startup.StartupException;
import java.sql.Connection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The session of a login: properties of its database, and settings of URL, role and server.
 *
 * @param schema current schema; null if there is none that it may use
 */
record Session(@Nullable String schema, String encoding, boolean standby, boolean readOnly) {

    static Session of(Connection connection) {
        return ExternalServer.jdbc(connection).sql("""
                select current_schema()                                as schema,
                       current_setting('server_encoding')              as encoding,
                       pg_is_in_recovery()                             as standby,
                       current_setting('transaction_read_only') = 'on' as read_only
                """).query(Session.class).single();
    }

    /** @throws StartupException if Walcast cannot work with it */
    void check(ServerLogin login) {
        if (standby) {
            throw problem("PostgreSQL at %s is a standby, which accepts no writes; set %s.url to its primary", login);
        }
        if (readOnly) {
            throw problem(
                    "PostgreSQL at %s is read-only for this login; unset default_transaction_read_only of its role, its database or its server, or correct %s.url",
                    login);
        }
        if (!encoding.equals("UTF8")) {
            throw problem(
                    "database %s is encoded in " + encoding
                            + ", which cannot store every character; set %s.url to one that was created with encoding UTF8",
                    login);
        }
        if (!"public".equals(schema)) {
            throw problem(
                    "PostgreSQL at %s gives this login "
                            + (schema == null ? "no schema" : "schema " + schema)
                            + " as its current schema, and Walcast needs public; remove currentSchema from %s.url, or run \"alter role "
                            + login.user() + " set search_path = public\" there",
                    login);
        }
    }

    private static StartupException problem(String sentence, ServerLogin login) {
        return new StartupException(String.format(Locale.ROOT, sentence, login.server(), login.properties()));
    }
}
