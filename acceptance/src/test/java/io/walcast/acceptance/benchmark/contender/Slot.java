package io.walcast.acceptance.benchmark.contender;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** A logical replication slot, read without any engine. */
final class Slot {

    private final Postgres postgres;
    private final String database;
    private final String name;

    Slot(Postgres postgres, String database, String name) {
        this.postgres = postgres;
        this.database = database;
        this.name = name;
    }

    /** Creates it: its stream begins now. */
    Slot create() {
        postgres.sql(database)
                .sql("select pg_create_logical_replication_slot(?, 'pgoutput')")
                .param(name)
                .query()
                .singleRow();
        return this;
    }

    String name() {
        return name;
    }

    Connection connect() throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, postgres.superuser());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        return DriverManager.getConnection(postgres.jdbcUrl(database), properties);
    }

    PGReplicationStream open(Connection connection) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(name)
                .withSlotOption("proto_version", "1")
                .withSlotOption("publication_names", "walcast")
                .start();
    }

    void drop() {
        postgres.sql(database)
                .sql("select pg_drop_replication_slot(?)")
                .param(name)
                .query()
                .singleRow();
    }
}
