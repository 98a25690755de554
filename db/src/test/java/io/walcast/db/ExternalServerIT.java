package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walcast.startup.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

class ExternalServerIT {

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
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
    }

    @Test
    void takesTheTwoRolesOnAMigratedDatabase() {
        environment.setProperty("spring.datasource.username", "walcast_app");
        environment.setProperty("walcast.relay.database.username", "walcast_relay");

        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
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
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();

        environment.setProperty("walcast.relay.enabled", "true");
        environment.setProperty("walcast.gateway.source", "kafka");
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();

        environment.setProperty("walcast.relay.sink", "kafka");
        assertRefused().withMessageContaining("may not replicate");
    }

    @Test
    void takesTheReplicationRoleOfAmazonRds() {
        environment.setProperty("walcast.relay.database.username", "tenant");
        jdbc.sql("create role tenant login").update();
        jdbc.sql("create role rds_replication role tenant").update();
        try {
            assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
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
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
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

    @Test
    void namesTheGrantOfAmazonRds() {
        environment.setProperty("walcast.relay.database.username", "walcast_app");
        jdbc.sql("create role rds_replication").update();
        try {
            assertRefused().withMessageContaining("\"grant rds_replication to walcast_app\"");
        } finally {
            jdbc.sql("drop role rds_replication").update();
        }
    }

    @Test
    void refusesAPoolerForTheRelayAndTakesItForPosts() throws IOException {
        try (var pooler = PgBouncer.before(database)) {
            environment.setProperty("spring.datasource.url", pooler.url());
            assertRefused()
                    .withMessageContaining("the relay needs a direct connection")
                    .withMessageContaining("set walcast.relay.database.url")
                    .withMessageContaining("posts may go through a pooler");

            environment.setProperty("walcast.relay.database.url", database.url());
            assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesAStandbyAndFindsThePrimaryBesideIt() {
        try (var standby = TestServer.create(Map.of())) {
            standby.provide("chat");
            standby.becomeStandby();
            environment.setProperty("spring.datasource.url", standby.url("chat"));
            assertRefused().withMessageContaining("is a standby").withMessageContaining("spring.datasource.url");

            String both = database.url().replace("//", "//127.0.0.1:" + standby.port() + ",");
            environment.setProperty("spring.datasource.url", both);
            assertRefused().withMessageContaining("add targetServerType=primary");

            environment.setProperty("spring.datasource.url", both + "?targetServerType=primary");
            assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesALoginThatMayReadOnly() {
        environment.setProperty("spring.datasource.username", "walcast_app");
        jdbc.sql("alter role walcast_app in database " + database.name() + " set default_transaction_read_only = on")
                .update();

        assertRefused().withMessageContaining("read-only").withMessageContaining("default_transaction_read_only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "LATIN1"})
    void refusesADatabaseThatIsNotInUtf8(String encoding) {
        var name = database.name() + "_" + encoding.toLowerCase(Locale.ROOT);
        jdbc.sql("create database " + name + " encoding '" + encoding
                        + "' lc_collate 'C' lc_ctype 'C' template template0")
                .update();
        try {
            environment.setProperty("spring.datasource.url", database.url().replace(database.name(), name));
            assertRefused()
                    .withMessageContaining("is encoded in " + encoding)
                    .withMessageContaining("created with encoding UTF8");
        } finally {
            jdbc.sql("drop database " + name).update();
        }
    }

    @Test
    void refusesToWorkInAnotherSchema() {
        jdbc.sql("create schema elsewhere; grant usage on schema elsewhere to public")
                .update();
        environment.setProperty("spring.datasource.url", database.url() + "?currentSchema=elsewhere");
        assertRefused()
                .withMessageContaining("schema elsewhere")
                .withMessageContaining("remove currentSchema from spring.datasource.url");

        environment.setProperty("spring.datasource.url", database.url() + "?currentSchema=nowhere");
        assertRefused().withMessageContaining("no schema");

        environment.setProperty("spring.datasource.url", database.url());
        environment.setProperty("walcast.relay.database.username", "walcast_relay");
        jdbc.sql("alter role walcast_relay in database " + database.name() + " set search_path = elsewhere, public")
                .update();
        assertRefused()
                .withMessageContaining("schema elsewhere")
                .withMessageContaining("\"alter role walcast_relay set search_path = public\"");
    }

    @Test
    void takesASchemaWithOtherTablesInIt() throws SQLException {
        withoutSchema();
        jdbc.sql("create table somebody_elses ()").update();
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();

        Flyway.configure()
                .dataSource(database.dataSource())
                .baselineOnMigrate(Boolean.parseBoolean(SchemaCheck.FLYWAY
                        .get("spring.flyway.baseline-on-migrate")
                        .toString()))
                .baselineVersion(
                        SchemaCheck.FLYWAY.get("spring.flyway.baseline-version").toString())
                .load()
                .migrate();
        assertThat(jdbc.sql("select count(*) from outbox").query(Long.class).single())
                .isZero();
        assertThatCode(ExternalServer.of(environment)::check).doesNotThrowAnyException();
    }

    @Test
    void refusesASchemaWithATableOfThatNameAndTheHistoryOfOthers() {
        withoutSchema();
        for (String table : tables()) {
            jdbc.sql("create table " + table + " ()").update();
            assertRefused().withMessageContaining("has a table " + table + " already");
            jdbc.sql("drop table " + table).update();
        }
        jdbc.sql("create publication walcast").update();
        assertRefused().withMessageContaining("has a publication walcast already");
        jdbc.sql("drop publication walcast").update();

        jdbc.sql("create table flyway_schema_history (version text, description text)")
                .update();
        jdbc.sql("insert into flyway_schema_history values ('1', 'init')").update();
        assertRefused().withMessageContaining("the migrations of another application");
    }

    /** Those that the migrations create. */
    private static List<String> tables() {
        Pattern created = Pattern.compile("create table (\\w+)");
        try (var files = Files.list(Path.of("src", "main", "resources", "db", "migration"))) {
            List<String> tables = files.map(ExternalServerIT::text)
                    .flatMap(text -> created.matcher(text).results())
                    .map(match -> match.group(1))
                    .toList();
            assertThat(tables).contains("messages", "own_states");
            return tables;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tellsOfATimeZoneThatPostgresDoesNotKnow() {
        var before = TimeZone.getDefault();
        TimeZone.setDefault(new SimpleTimeZone(3_600_000, "Nowhere/Land"));
        try {
            assertRefused().withMessageContaining("Nowhere/Land").withMessageContaining("-Duser.timezone=UTC");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void refusesASocketFactoryForTheEngine() {
        environment.setProperty(
                "walcast.relay.database.url", database.url() + "?socketFactory=javax.net.DefaultSocketFactory");

        assertRefused().withMessageContaining("walcast.relay.database.url has a socketFactory");
    }

    private void withoutSchema() {
        jdbc.sql("drop publication walcast; drop schema public cascade; create schema public")
                .update();
    }

    private ThrowableAssertAlternative<StartupException> assertRefused() {
        return assertThatExceptionOfType(StartupException.class).isThrownBy(ExternalServer.of(environment)::check);
    }
}
