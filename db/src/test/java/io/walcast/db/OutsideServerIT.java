package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

class OutsideServerIT {

    private final MockEnvironment environment = new MockEnvironment();
    private TestDatabase database;
    private JdbcClient jdbc;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        jdbc = JdbcClient.create(database.dataSource());
        environment.setProperty("spring.datasource.url", database.url());
        environment.setProperty("spring.datasource.username", database.username());
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void takesASuperuserForAll() {
        assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();
    }

    @Test
    void takesTheTwoRolesOnAMigratedDatabase() {
        environment.setProperty("spring.datasource.username", "walcast_app");
        environment.setProperty("walcast.relay.database.username", "walcast_relay");

        assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();
    }

    @Test
    void refusesARelayThatMayNotReplicate() {
        environment.setProperty("walcast.relay.database.username", "walcast_app");

        assertRefused()
                .withMessageContaining("user walcast_app of PostgreSQL at 127.0.0.1")
                .withMessageContaining("\"alter role walcast_app replication\"");
    }

    @Test
    void asksNoReplicationOfAProcessThatReadsNoWal() {
        environment.setProperty("spring.datasource.username", "walcast_app");
        environment.setProperty("spring.flyway.enabled", "false");
        environment.setProperty("walcast.relay.enabled", "false");
        assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();

        environment.setProperty("walcast.relay.enabled", "true");
        environment.setProperty("walcast.gateway.source", "kafka");
        assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();

        environment.setProperty("walcast.relay.sink", "kafka");
        assertRefused().withMessageContaining("may not replicate");
    }

    @Test
    void takesTheReplicationRoleOfAmazonRds() {
        environment.setProperty("walcast.relay.database.username", "tenant");
        jdbc.sql("create role tenant login").update();
        jdbc.sql("create role rds_replication role tenant").update();
        try {
            assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();
        } finally {
            jdbc.sql("drop role tenant, rds_replication").update();
        }
    }

    @Test
    void refusesAMigrationByOneWhoMayNotCreate() {
        environment.setProperty("spring.flyway.user", "walcast_app");
        jdbc.sql("alter table flyway_schema_history rename to none").update();

        assertRefused()
                .withMessageContaining("user walcast_app may not create the schema and the publication")
                .withMessageContaining("set spring.flyway.user");

        environment.setProperty("spring.flyway.enabled", "false");
        assertThatCode(OutsideServer.of(environment)::check).doesNotThrowAnyException();
    }

    @Test
    void refusesADatabaseThatIsNotThere() {
        environment.setProperty("spring.datasource.url", database.url() + "_not");

        assertRefused().withMessageContaining("there is no database").withMessageContaining("spring.datasource.url");
    }

    @Test
    void refusesAServerWithoutLogicalDecodingAndAWrongPassword(@TempDir Path home) {
        try (var directory = DataDirectory.claim(home);
                var server = new EmbeddedServer(
                        directory,
                        PostgresPrograms.in(Path.of("target", "postgres", "programs")),
                        Map.of("wal_level", "replica"))) {
            server.start();
            environment.setProperty("spring.datasource.url", server.url("postgres"));
            environment.setProperty("spring.datasource.password", directory.password());
            assertRefused()
                    .withMessageContaining("runs with wal_level=replica; set wal_level=logical")
                    .withMessageContaining("restart");

            environment.setProperty("spring.datasource.password", "mistaken");
            assertRefused()
                    .withMessageContaining("refused the login")
                    .withMessageContaining("spring.datasource.password")
                    .withMessageNotContaining("mistaken");
        }
    }

    private ThrowableAssertAlternative<StartupProblem> assertRefused() {
        return assertThatExceptionOfType(StartupProblem.class).isThrownBy(OutsideServer.of(environment)::check);
    }
}
