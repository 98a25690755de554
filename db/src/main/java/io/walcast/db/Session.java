package io.walcast.db;

import io.walcast.startup.StartupException;

import java.sql.Connection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a login finds itself in: what its database is made of, and what URL, role and server have set for it.
 *
 * @param schema where it creates and looks first; null if there is none that it may use
 */
record Session(@Nullable String schema, String encoding, boolean standby, boolean readOnly) {

    static Session of(Connection connection) {
        return OutsideServer.jdbc(connection).sql("""
                select current_schema()                                as schema,
                       current_setting('server_encoding')              as encoding,
                       pg_is_in_recovery()                             as standby,
                       current_setting('transaction_read_only') = 'on' as read_only
                """).query(Session.class).single();
    }

    /** @throws StartupException if Walcast cannot work so */
    void check(ServerLogin login) {
        if (standby) {
            throw problem("PostgreSQL at %s is a standby, which nobody can write to; set %s.url to its primary", login);
        }
        if (readOnly) {
            throw problem(
                    "PostgreSQL at %s lets this login read only; unset default_transaction_read_only of its role, its database or its server, or correct %s.url",
                    login);
        }
        if (!encoding.equals("UTF8")) {
            throw problem(
                    "database %s is encoded in " + encoding
                            + ", which has no place for every character; set %s.url to one that was created with encoding UTF8",
                    login);
        }
        if (!"public".equals(schema)) {
            throw problem(
                    "PostgreSQL at %s has this login work in "
                            + (schema == null ? "no schema" : "schema " + schema)
                            + ", and Walcast keeps its tables in public; remove currentSchema from %s.url, or run \"alter role "
                            + login.user() + " set search_path = public\" there",
                    login);
        }
    }

    private static StartupException problem(String sentence, ServerLogin login) {
        return new StartupException(String.format(Locale.ROOT, sentence, login.server(), login.properties()));
    }
}
