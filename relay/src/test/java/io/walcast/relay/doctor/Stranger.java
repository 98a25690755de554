package io.walcast.relay.doctor;

import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads a database's slot as nothing of Walcast does. */
final class Stranger implements AutoCloseable {

    private final TestDatabase database;
    private final Connection connection;
    private final PGReplicationStream stream;

    private Stranger(TestDatabase database, Connection connection, PGReplicationStream stream) {
        this.database = database;
        this.connection = connection;
        this.stream = stream;
    }

    static Stranger at(TestDatabase database) throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, database.username());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        var connection = DriverManager.getConnection(database.url(), properties);
        var stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(database.name())
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "walcast")
                .start();
        return new Stranger(database, connection, stream);
    }

    void awaitEnd() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> JdbcClient.create(database.dataSource())
                        .sql("select active_pid is null from pg_replication_slots where slot_name = ?")
                        .param(database.name())
                        .query(Boolean.class)
                        .single());
    }

    @Override
    public void close() {
        try (connection) {
            stream.close();
        } catch (SQLException e) {
            // PostgreSQL has ended it, as it was asked to.
            awaitEnd();
        }
    }
}
