package io.walcast.db;

import io.walcast.startup.StartupException;
import io.walcast.startup.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * An external PostgreSQL server, checked before the start.
 *
 * <p>Walcast needs PostgreSQL 15 or later with logical decoding, a login that may replicate, and, until the schema is
 * there, one that may create it. Error policy: the first requirement that is not met is a {@link StartupException}.
 *
 * @param app login of the application's connections
 * @param relay login of the relay
 * @param readsWal whether this process reads the WAL, for which its relay login must be allowed to replicate
 * @param migration login that migrates the schema, or null if Flyway is switched off
 */
record ExternalServer(
        ServerLogin app,
        ServerLogin relay,
        boolean readsWal,
        @Nullable ServerLogin migration) {

    /** The logins that the properties name; the relay's and Flyway's are the application's where they name none. */
    static ExternalServer of(Environment environment) {
        return new ExternalServer(
                ServerLogin.of(environment, "spring.datasource", "username"),
                ServerLogin.of(environment, "walcast.relay.database", "username"),
                Topology.of(environment).readsWal(),
                environment.getProperty("spring.flyway.enabled", Boolean.class, true)
                        ? ServerLogin.of(environment, "spring.flyway", "user")
                        : null);
    }

    void check() {
        app.checkUrl(false);
        try (var connection = app.connect()) {
            Capabilities.of(connection).check(app.server());
            Session.of(connection).check(app);
        } catch (SQLException e) {
            throw app.problem(e);
        }
        relay.checkUrl(readsWal);
        try (var connection = relay.connect()) {
            if (readsWal) {
                Session.of(connection).check(relay);
                Need.refuse(replicationNeed(connection, relay));
                Need.refuse(DirectConnection.need(connection, relay, new Properties()));
            }
        } catch (SQLException e) {
            throw relay.problem(e);
        }
        if (migration != null) {
            try (var connection = migration.connect()) {
                Session.of(connection).check(migration);
                SchemaCheck.check(connection, migration);
            } catch (SQLException e) {
                throw migration.problem(e);
            }
        }
    }

    /** The missing right of the login to replicate; empty if it has it. */
    static Optional<Need> replicationNeed(Connection connection, ServerLogin relay) {
        // Amazon RDS has a role for replication instead of an attribute.
        return jdbc(connection)
                .sql("""
                select case
                           when exists (select from pg_roles where rolname = 'rds_replication')
                               then format('grant rds_replication to %I', rolname)
                           else format('alter role %I replication', rolname)
                       end
                from pg_roles u
                where u.rolname = current_user
                  and not (u.rolsuper or u.rolreplication
                           or exists (select from pg_roles r
                                      where r.rolname = 'rds_replication' and pg_has_role(u.oid, r.oid, 'member')))
                """)
                .query(String.class)
                .optional()
                .map(statement -> new Need(
                        "user " + relay.user() + " of PostgreSQL at " + relay.server() + " may not replicate",
                        "run \"" + statement + "\" there, or set walcast.relay.database.username to a role that may",
                        statement));
    }

    static JdbcClient jdbc(Connection connection) {
        return JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    /**
     * The capabilities of a server, as it reports them.
     *
     * @param decodingSwitch the setting that a managed server has instead of {@code wal_level}, which cannot be set
     *     there
     */
    record Capabilities(
            int version, String walLevel, @Nullable String decodingSwitch, int replicationSlots, int walSenders) {

        private static final String RESTART = "; -- and restart PostgreSQL";

        static Capabilities of(Connection connection) {
            return jdbc(connection).sql("""
                    select current_setting('server_version_num')::int    as version,
                           current_setting('wal_level')                  as wal_level,
                           case
                               when current_setting('rds.logical_replication', true) is not null
                                   then 'rds.logical_replication=1'
                               when current_setting('cloudsql.logical_decoding', true) is not null
                                   then 'cloudsql.logical_decoding=on'
                               when current_setting('alloydb.logical_decoding', true) is not null
                                   then 'alloydb.logical_decoding=on'
                           end                                           as decoding_switch,
                           current_setting('max_replication_slots')::int as replication_slots,
                           current_setting('max_wal_senders')::int       as wal_senders
                    """).query(Capabilities.class).single();
        }

        void check(String server) {
            Need.refuse(needs(server));
        }

        /** The unmet requirements that {@link #check} refuses. */
        List<Need> needs(String server) {
            List<Need> needs = new ArrayList<>();
            if (version < 15_00_00) {
                needs.add(Need.of(
                        "PostgreSQL at " + server + " is version " + version / 1_00_00,
                        "set spring.datasource.url to one of version 15 or later"));
            }
            if (!walLevel.equals("logical")) {
                needs.add(new Need(
                        "PostgreSQL at " + server + " runs with wal_level=" + walLevel,
                        "set " + (decodingSwitch == null ? "wal_level=logical" : decodingSwitch)
                                + " in its configuration and restart it",
                        decodingSwitch == null ? "alter system set wal_level = 'logical'" + RESTART : null));
            }
            if (replicationSlots < 1 || walSenders < 1) {
                needs.add(new Need(
                        "PostgreSQL at " + server + " runs with max_replication_slots=" + replicationSlots
                                + " and max_wal_senders=" + walSenders,
                        "set both to 10 in its configuration and restart it",
                        "alter system set " + (replicationSlots < 1 ? "max_replication_slots" : "max_wal_senders")
                                + " = 10" + RESTART));
            }
            return needs;
        }
    }
}
