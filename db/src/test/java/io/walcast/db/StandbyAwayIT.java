package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.util.DriverDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Commits that wait for a synchronous standby that is away: they stand, and can be neither ended nor undone. */
class StandbyAwayIT {

    private static final String AWAY = "nobody";
    private static final String NAMES = "synchronous_standby_names";
    private static final String WRITE = "insert into written values (1)";

    private static TestServer server;
    private static JdbcClient jdbc;

    @BeforeAll
    static void start() {
        server = TestServer.create(Map.of());
        jdbc = JdbcClient.create(server.superuserOf("postgres"));
        jdbc.sql("create table written (id int)").update();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aConnectionThatIsGivenUpKeepsItsPlaceUntilItsBackendHasEnded() throws SQLException {
        var backends = new BoundedBackends(driver(), 2);
        server.set(NAMES, AWAY);
        try (var asking = backends.getConnection();
                var writing = backends.getConnection()) {
            Connection abandoned = writing;
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(abandoned, WRITE));
            assertThat(abandoned.isClosed()).isTrue();

            assertThat(backends.stillRuns(abandoned, asking)).isTrue();
            assertThatExceptionOfType(SQLTransientConnectionException.class)
                    .isThrownBy(backends::getConnection)
                    .withMessageContaining("synchronous standby");
            assertThat(backends.lingering()).isEqualTo(1);
            assertThat(waiting()).isEqualTo(1);

            server.set(NAMES, null);
            await().untilAsserted(() -> assertThat(waiting()).isZero());
            await().ignoreExceptionsInstanceOf(SQLTransientConnectionException.class)
                    .until(() -> {
                        backends.getConnection().close();
                        return true;
                    });
            assertThat(backends.lingering()).isZero();
            assertThat(backends.stillRuns(abandoned, asking)).isFalse();
        } finally {
            server.set(NAMES, null);
        }
    }

    @Test
    void aConnectionThatIsClosedInOrderLeavesItsPlace() throws SQLException {
        var backends = new BoundedBackends(driver(), 1);
        backends.getConnection().close();

        assertThatCode(() -> backends.getConnection().close()).doesNotThrowAnyException();
        assertThat(backends.lingering()).isZero();
    }

    @Test
    void aCommitThatIsNotConfirmedIsNoSuccess() throws SQLException {
        server.set(NAMES, AWAY);
        try (var connection = server.superuserOf("postgres").getConnection();
                var statement = connection.createStatement()) {
            var write = CompletableFuture.runAsync(() -> {
                try {
                    statement.execute(WRITE);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> waiting() == 1);
            jdbc.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")
                    .query()
                    .listOfRows();
            write.join();

            assertThatExceptionOfType(UnconfirmedCommit.class)
                    .isThrownBy(() -> UnconfirmedCommit.check(statement.getWarnings()))
                    .matches(e -> e.getSQLState().equals("40003"));
        } finally {
            server.set(NAMES, null);
        }
    }

    @Test
    void otherWarningsAreNone() throws SQLException {
        try (var connection = server.superuserOf("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("do $$ begin raise warning 'beware'; end $$");
            assertThat(statement.getWarnings() == null).isFalse();

            assertThatCode(() -> UnconfirmedCommit.check(statement.getWarnings()))
                    .doesNotThrowAnyException();
        }
    }

    private static DriverDataSource driver() {
        var properties = new Properties();
        properties.setProperty("socketTimeout", "2");
        return new DriverDataSource(server.url("postgres"), null, properties, server.superuser(), "");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long waiting() {
        return jdbc.sql("select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
                .query(Long.class)
                .single();
    }
}
