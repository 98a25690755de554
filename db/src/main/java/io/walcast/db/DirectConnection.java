package io.walcast.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGConnection;

/**
 * Checks that a login leads to PostgreSQL itself, and not to a pooler in front of it.
 *
 * <p>The relay uses replication, and holds a session lock that no other relay can hold: a pooler supports neither.
 * Posts may go through a pooler.
 */
final class DirectConnection {

    private DirectConnection() {}

    /** The obstacle between login and server, or to the replication protocol; empty if there is none. */
    static Optional<Need> need(Connection connection, ServerLogin login, Properties settings) throws SQLException {
        int pid = ExternalServer.jdbc(connection)
                .sql("select pg_backend_pid()")
                .query(Integer.class)
                .single();
        if (pid != connection.unwrap(PGConnection.class).getBackendPID()) {
            return Optional.of(need(login, "a pooler answers there"));
        }
        try (var replication = login.connectForReplication(settings)) {
            return replication.isClosed()
                    ? Optional.of(need(login, "it ended a replication connection at once"))
                    : Optional.empty();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("28")) {
                return Optional.of(login.need(e));
            }
            // PostgreSQL itself refuses: a privilege is missing, which was checked before, or all walsenders are in
            // use, which may be temporary.
            return state.startsWith("42") || state.startsWith("53")
                    ? Optional.empty()
                    : Optional.of(need(login, String.valueOf(e.getMessage())));
        }
    }

    private static Need need(ServerLogin login, String why) {
        return Need.of(
                "the relay needs a direct connection to PostgreSQL and has none at " + login.server() + " (" + why
                        + ")",
                "set walcast.relay.database.url to the server itself, posts may go through a pooler");
    }
}
