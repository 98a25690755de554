package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.util.DriverDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
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
            try (var again = await().ignoreExceptionsInstanceOf(SQLTransientConnectionException.class)
                    .until(backends::getConnection, opened -> true)) {
                assertThat(backends.lingering()).isZero();
                assertThat(backends.stillRuns(abandoned, again)).isFalse();
            }
        } finally {
            server.set(NAMES, null);
        }
    }

    @Test
    void aConnectionThatIsClosedInOrderLeavesItsPlace() throws SQLException {
        var backends = new BoundedBackends(driver(), 1);
        backends.getConnection().close();

        try (var again = backends.getConnection()) {
            assertThat(again.isValid(1)).isTrue();
            assertThat(backends.lingering()).isZero();
        }
    }

    /** As it is when the network has swallowed a connection: PostgreSQL hears of no end. */
    @Test
    void aBackendThatRestsBehindAClosedConnectionIsEndedAndNoOther() throws Exception {
        var backends = new BoundedBackends(driver(), 3);
        try (var others = server.superuserOf("postgres").getConnection();
                var swallowed = new BlackHole(server.port())) {
            var lost = backends.getConnection("postgres", "");
            assertThat(lost.isValid(1)).isTrue();
            var through = new DriverDataSource(swallowed.url(), null, new Properties(), server.superuser(), "");
            var behind = new BoundedBackends(through, 3);
            var connection = behind.getConnection();
            int pid = connection.unwrap(PGConnection.class).getBackendPID();
            swallowed.swallow();
            connection.close();
            assertThat(alive(pid)).isTrue();

            try (var next = behind.getConnection()) {
                await().until(() -> !alive(pid));
                assertThat(next.isValid(1)).isTrue();
            }
            assertThat(lost.isValid(1)).isTrue();
            assertThat(others.isValid(1)).isTrue();
            lost.close();
        }
    }

    private static boolean alive(int pid) {
        return jdbc.sql("select exists (select from pg_stat_activity where pid = ?)")
                .param(pid)
                .query(Boolean.class)
                .single();
    }

    /** Passes connections on until it swallows what comes, and passes later ones on again. */
    private static final class BlackHole implements AutoCloseable {

        private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final Set<Socket> swallowed = ConcurrentHashMap.newKeySet();
        private final int target;

        BlackHole(int target) throws IOException {
            this.target = target;
            var thread = new Thread(this::accept, "black-hole");
            thread.setDaemon(true);
            thread.start();
        }

        String url() {
            return "jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable&gssEncMode=disable"
                    .formatted(listening.getLocalPort());
        }

        void swallow() {
            swallowed.addAll(sockets);
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = listening.accept();
                    Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(client);
                    sockets.add(upstream);
                    pass(client, upstream);
                    pass(upstream, client);
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void pass(Socket from, Socket to) {
            var thread = new Thread(
                    () -> {
                        var buffer = new byte[8192];
                        try {
                            for (int read; (read = from.getInputStream().read(buffer)) >= 0; ) {
                                if (!swallowed.contains(from)) {
                                    to.getOutputStream().write(buffer, 0, read);
                                }
                            }
                            if (!swallowed.contains(from)) {
                                to.close();
                            }
                        } catch (IOException e) {
                            // closed
                        }
                    },
                    "black-hole");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
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

            assertThatExceptionOfType(UnconfirmedCommitException.class)
                    .isThrownBy(() -> UnconfirmedCommitException.check(statement.getWarnings()))
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

            assertThatCode(() -> UnconfirmedCommitException.check(statement.getWarnings()))
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
