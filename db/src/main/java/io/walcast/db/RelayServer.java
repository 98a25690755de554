package io.walcast.db;

import io.walcast.startup.StartupException;
import io.walcast.startup.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.core.env.Environment;

/**
 * The server of the relay's configuration, for checks with the relay's login without starting a relay.
 *
 * <p>The checks are those of a process's start. The start ends at the first unmet requirement; here all of them are
 * returned. Immutable; it opens connections, and closes none.
 */
public final class RelayServer {

    private final ServerLogin login;

    private RelayServer(ServerLogin login) {
        this.login = login;
    }

    /** @throws StartupException if the configuration names no server, or has no relay that reads the WAL */
    public static RelayServer of(Environment environment) {
        if (!Topology.of(environment).readsWal()) {
            throw new StartupException(
                    "this process has no relay that reads the WAL; ask with the configuration of one that has, see walcast.relay.enabled and walcast.gateway.source");
        }
        if (!environment.containsProperty("spring.datasource.url")) {
            throw new StartupException(
                    "no server is named, and the embedded PostgreSQL needs no check; set spring.datasource.url, username and password");
        }
        return new RelayServer(ServerLogin.of(environment, "walcast.relay.database", "username"));
    }

    /** Hosts, ports and database of the URL, without secrets. */
    public String name() {
        return login.server();
    }

    /**
     * Connects as the relay's login; the caller closes the connection.
     *
     * @param answer longest wait for an answer, in whole seconds
     * @throws StartupException if that fails
     */
    public Connection connect(Duration answer) {
        try {
            return login.connect(limits(answer));
        } catch (SQLException e) {
            throw problem(e);
        }
    }

    /** The exception with the remedy for a connection that failed. */
    public StartupException problem(SQLException failure) {
        return login.need(failure).asException(failure);
    }

    /** The parameters of the URL that the relay does not support. */
    public List<Need> needsOfTheUrl() {
        return login.needsOfTheUrl(true);
    }

    /** The unmet requirements on the server, whichever its database and login. */
    public List<Need> needsOfTheServer(Connection connection) {
        return ExternalServer.Capabilities.of(connection).needs(login.server());
    }

    /** The unmet requirements on the database, and on the login's sessions in it. */
    public List<Need> needsOfTheSession(Connection connection) {
        return Session.of(connection).needs(login);
    }

    /** Whether the server is a standby, which accepts no writes and has no WAL position of its own. */
    public boolean isStandby(Connection connection) {
        return Session.of(connection).standby();
    }

    /** The missing right of the login to replicate, and a pooler between it and the server. */
    public List<Need> needsOfReplication(Connection connection, Duration answer) throws SQLException {
        List<Need> needs = new ArrayList<>();
        ExternalServer.replicationNeed(connection, login).ifPresent(needs::add);
        DirectConnection.need(connection, login, limits(answer)).ifPresent(needs::add);
        return needs;
    }

    private static Properties limits(Duration answer) {
        String seconds = Long.toString(answer.toSeconds());
        var limits = new Properties();
        PGProperty.APPLICATION_NAME.set(limits, "walcast doctor");
        PGProperty.LOGIN_TIMEOUT.set(limits, seconds);
        PGProperty.CONNECT_TIMEOUT.set(limits, seconds);
        PGProperty.SOCKET_TIMEOUT.set(limits, seconds);
        return limits;
    }
}
