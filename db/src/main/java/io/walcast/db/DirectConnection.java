package io.walcast.db;

import io.walcast.startup.StartupException;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Whether a login leads to PostgreSQL itself, and not to a pooler in front of it.
 *
 * <p>The relay replicates, and proves by a lock of its session that it is the only one: a pooler passes on neither. Posts
 * may go through one.
 */
final class DirectConnection {

    private DirectConnection() {}

    /** @throws StartupException if something stands between, or the replication protocol is not spoken there */
    static void check(Connection connection, ServerLogin login) throws SQLException {
        int pid = OutsideServer.jdbc(connection)
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
            // PostgreSQL itself refuses: for want of a right, which was asked for before, or since all walsenders are
            // taken, which may pass.
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
