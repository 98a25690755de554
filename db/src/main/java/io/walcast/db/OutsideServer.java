package io.walcast.db;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A server of the user's own, looked at before anything is built on it.
 *
 * <p>Walcast needs PostgreSQL 15 or later with logical decoding, a login that may replicate, and, until the schema is
 * there, one that may create it. Error policy: the first need that is not met is a {@link StartupProblem}.
 *
 * @param app whom the application's connections log in as
 * @param relay whom the relay logs in as
 * @param readsTheWal whether this process has a relay that reads the WAL, as whoever may replicate
 * @param migration who migrates the schema, or null where Flyway is switched off
 */
record OutsideServer(
        ServerLogin app,
        ServerLogin relay,
        boolean readsTheWal,
        @Nullable ServerLogin migration) {

    /** The logins that the properties name; the relay's and Flyway's are the application's where they name none. */
    static OutsideServer of(Environment environment) {
        return new OutsideServer(
                ServerLogin.of(environment, "spring.datasource", "username"),
                ServerLogin.of(environment, "walcast.relay.database", "username"),
                readsTheWal(environment),
                environment.getProperty("spring.flyway.enabled", Boolean.class, true)
                        ? ServerLogin.of(environment, "spring.flyway", "user")
                        : null);
    }

    private static boolean readsTheWal(Environment environment) {
        boolean fedFromKafka =
                environment.getProperty("walcast.gateway.source", "").equals("kafka")
                        && !environment.getProperty("walcast.relay.sink", "").equals("kafka");
        return environment.getProperty("walcast.relay.enabled", Boolean.class, true) && !fedFromKafka;
    }

    void check() {
        try (var connection = app.connect()) {
            Capabilities.of(connection).check(app.server());
        } catch (SQLException e) {
            throw app.problem(e);
        }
        try (var connection = relay.connect()) {
            if (readsTheWal) {
                checkReplication(connection);
            }
        } catch (SQLException e) {
            throw relay.problem(e);
        }
        if (migration != null) {
            try (var connection = migration.connect()) {
                checkMigration(connection, migration);
            } catch (SQLException e) {
                throw migration.problem(e);
            }
        }
    }

    private void checkReplication(Connection connection) {
        // Amazon RDS has no attribute for it but a role.
        var may = jdbc(connection).sql("""
                select u.rolsuper or u.rolreplication
                       or exists (select from pg_roles r
                                  where r.rolname = 'rds_replication' and pg_has_role(u.oid, r.oid, 'member'))
                from pg_roles u
                where u.rolname = current_user
                """).query(Boolean.class).single();
        if (!may) {
            throw new StartupProblem(
                    "user %s of PostgreSQL at %s may not replicate; run \"alter role %1$s replication\" there, or set walcast.relay.database.username to a role that may"
                            .formatted(relay.user(), relay.server()));
        }
    }

    private static void checkMigration(Connection connection, ServerLogin migration) {
        var may = jdbc(connection).sql("""
                select to_regclass('flyway_schema_history') is not null
                       or has_database_privilege(current_database(), 'create')
                          and has_schema_privilege(coalesce(current_schema(), 'public'), 'create')
                """).query(Boolean.class).single();
        if (!may) {
            throw new StartupProblem(
                    "user %s may not create the schema and the publication in PostgreSQL at %s; make it the owner of that database, or set spring.flyway.user to a role that may"
                            .formatted(migration.user(), migration.server()));
        }
    }

    private static JdbcClient jdbc(Connection connection) {
        return JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    /** What a server is able to do, as it says itself. */
    record Capabilities(int version, String walLevel, int replicationSlots, int walSenders) {

        static Capabilities of(Connection connection) {
            return jdbc(connection).sql("""
                    select current_setting('server_version_num')::int    as version,
                           current_setting('wal_level')                  as wal_level,
                           current_setting('max_replication_slots')::int as replication_slots,
                           current_setting('max_wal_senders')::int       as wal_senders
                    """).query(Capabilities.class).single();
        }

        void check(String server) {
            if (version < 15_00_00) {
                throw new StartupProblem(
                        "PostgreSQL at %s is version %d; set spring.datasource.url to one of version 15 or later"
                                .formatted(server, version / 1_00_00));
            }
            if (!walLevel.equals("logical")) {
                throw new StartupProblem(
                        "PostgreSQL at %s runs with wal_level=%s; set wal_level=logical in its configuration and restart it"
                                .formatted(server, walLevel));
            }
            if (replicationSlots < 1 || walSenders < 1) {
                throw new StartupProblem(
                        "PostgreSQL at %s runs with max_replication_slots=%d and max_wal_senders=%d; set both to 10 in its configuration and restart it"
                                .formatted(server, replicationSlots, walSenders));
            }
        }
    }
}
