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
 * The server that the relay's configuration names, as the relay's login, to be asked without being started on.
 *
 * <p>It judges by the same checks as the start of a process does, which ends at the first need that is not met; here all
 * of them are told. Immutable; it opens connections, and closes none.
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
                    "no server is named, and the embedded PostgreSQL needs no look; set spring.datasource.url, username and password");
        }
        return new RelayServer(ServerLogin.of(environment, "walcast.relay.database", "username"));
    }

    /** Where the URL leads to: hosts, ports and database, without anything secret. */
    public String name() {
        return login.server();
    }

    /**
     * Connects as the relay's login; the caller closes the connection.
     *
     * @param answer how long an answer is awaited, in whole seconds
     * @throws StartupException if that fails
     */
    public Connection connect(Duration answer) {
        try {
            return login.connect(limits(answer));
        } catch (SQLException e) {
            throw problem(e);
        }
    }

    /** What to do about a connection that failed. */
    public StartupException problem(SQLException failure) {
        return login.need(failure).asException(failure);
    }

    /** What the URL says that the relay cannot work with. */
    public List<Need> needsOfTheUrl() {
        return login.needsOfTheUrl(true);
    }

    /** What the server lacks that no login and no database of it can have then. */
    public List<Need> needsOfTheServer(Connection connection) {
        return ExternalServer.Capabilities.of(connection).needs(login.server());
    }

    /** What the database lacks, or the login's sessions in it. */
    public List<Need> needsOfTheSession(Connection connection) {
        return Session.of(connection).needs(login);
    }

    /** Whether it is a server that nobody can write to, and that has no position of its own in the WAL. */
    public boolean isStandby(Connection connection) {
        return Session.of(connection).standby();
    }

    /** What the login lacks to replicate, and what stands between it and the server. */
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
