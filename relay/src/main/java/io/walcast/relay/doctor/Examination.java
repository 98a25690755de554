package io.walcast.relay.doctor;

import io.walcast.db.Need;
import io.walcast.db.RelayServer;
import io.walcast.relay.wal.WalSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The checks in their order. The checks that the others depend on come first: a server of another version, or a
 * standby, is not checked further.
 *
 * <p><b>Lifecycle.</b> One call, which opens and closes its connections. <b>Concurrency.</b> For one thread. <b>Error
 * policy.</b> A server that cannot be asked is a {@link io.walcast.startup.StartupException} or an {@link SQLException}.
 */
final class Examination implements Callable<List<Finding>> {

    private final RelayServer server;
    private final WalSettings settings;
    private final Duration answer;

    Examination(RelayServer server, WalSettings settings, Duration answer) {
        this.server = server;
        this.settings = settings;
        this.answer = answer;
    }

    @Override
    public List<Finding> call() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        add(findings, "url", "it names one server, directly", server.needsOfTheUrl());
        try (var connection = server.connect(answer)) {
            if (!look(connection, findings)) {
                return findings;
            }
            // In a transaction of the examination the login's own settings are hidden.
            findings.addAll(new TimeLimits().ask(connection));
            var questions = new Questions(connection);
            for (Check check : checks()) {
                findings.addAll(questions.ask(check));
            }
        }
        return findings;
    }

    /** Returns whether the server can be checked further. */
    private boolean look(Connection connection, List<Finding> findings) throws SQLException {
        boolean another = connection.getMetaData().getDatabaseMajorVersion() < 15;
        add(
                findings,
                "server",
                "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + ", with logical decoding",
                server.needsOfTheServer(connection));
        boolean standby = server.isStandby(connection);
        add(
                findings,
                "database",
                "a primary, encoded in UTF8; the login may write, in schema public",
                server.needsOfTheSession(connection));
        if (another || standby) {
            return false;
        }
        add(
                findings,
                "replication",
                "the login may replicate, and nothing stands between it and the server",
                server.needsOfReplication(connection, answer));
        return true;
    }

    private List<Check> checks() {
        return List.of(
                new SchemaCheck(),
                new GrantsCheck(),
                new PublicationCheck(settings),
                new SlotCheck(settings),
                new RoomCheck(settings),
                new RetentionCheck(),
                new StandbysCheck(),
                new TransactionsCheck(),
                new AccessCheck(),
                new ClockCheck());
    }

    private static void add(List<Finding> findings, String topic, String fine, List<Need> needs) {
        if (needs.isEmpty()) {
            findings.add(Finding.ok(topic, fine));
        }
        needs.forEach(need -> findings.add(Finding.missing(topic, need)));
    }
}
