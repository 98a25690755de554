package io.walcast.db;

import io.walcast.startup.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Checks that a login leads to PostgreSQL itself, and not to a pooler in front of it.
 *
 * <p>The relay replicates, and proves by a session lock that it is the only one: a pooler supports neither. Posts may go
 * through a pooler.
 */
final class DirectConnection {

    private DirectConnection() {}

    /** @throws StartupException if there is a pooler, or the server does not speak the replication protocol */
    static void check(Connection connection, ServerLogin login) throws SQLException {
        int pid = ExternalServer.jdbc(connection)
                .sql("select pg_backend_pid()")
                .query(Integer.class)
                .single();
        if (pid != connection.unwrap(PGConnection.class).getBackendPID()) {
            throw problem(login, "a pooler answers there", null);
        }
        try (var replication = login.connectForReplication()) {
            if (replication.isClosed()) {
                throw problem(login, "it ended a replication connection at once", null);
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("28")) {
                throw login.problem(e);
            }
            // PostgreSQL itself refuses: a privilege is missing, which was checked before, or all walsenders are in
            // use,
            // which may pass.
            if (!state.startsWith("42") && !state.startsWith("53")) {
                throw problem(login, String.valueOf(e.getMessage()), e);
            }
        }
    }

    private static StartupException problem(ServerLogin login, String why, @Nullable SQLException cause) {
        String sentence = String.format(
                Locale.ROOT,
                "the relay needs a direct connection to PostgreSQL and has none at %s (%s); set walcast.relay.database.url to the server itself, posts may go through a pooler",
                login.server(),
                why);
        return cause == null ? new StartupException(sentence) : new StartupException(sentence, cause);
    }
}
