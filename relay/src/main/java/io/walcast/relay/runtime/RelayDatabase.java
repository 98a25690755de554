package io.walcast.relay.runtime;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import io.walcast.db.BoundedBackends;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.HostSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * The relay's own way to PostgreSQL: a pool apart from that of the posts, so that neither keeps the other waiting, and
 * a role of its own.
 *
 * <p>{@code walcast.relay.database.url}, {@code .username} and {@code .password} default to {@code spring.datasource}.
 * Where the URL names several servers, each lease looks for the primary among them again; slot and engine follow it.
 *
 * <p><b>Lifecycle.</b> The pool connects at first use and closes with the application context. <b>Concurrency.</b>
 * Thread-safe. <b>Error policy.</b> PostgreSQL itself ends a statement of the pool that takes too long. One that it cannot
 * end, since it has committed and waits for a synchronous standby, is given up here; until it has ended, its thread gets
 * no other connection, so that a loop which tries again leaves one backend behind, and not one each time.
 */
@Component
public final class RelayDatabase implements AutoCloseable {

    private static final int POOL_SIZE = 8;

    /** One more for each thread that may have given a statement up. */
    private static final int MOST_BACKENDS = 2 * POOL_SIZE;

    private static final int CONNECTION_TIMEOUT_MILLIS = 3_000;

    /** On a connection that the network swallowed, an answer would be awaited for ever, and with it the marks. */
    private static final String ANSWER_TIMEOUT_SECONDS = "10";

    private static final String DURABLE_COMMITS = """
            select set_config('synchronous_commit', 'local', false) where current_setting('synchronous_commit') = 'off'
            """;

    /** A sweep is one transaction, and so is the creation of a slot. PostgreSQL has this limit from version 17 on. */
    private static final String ANY_TRANSACTION = """
            select set_config('transaction_timeout', '0', false) where current_setting('transaction_timeout', true) <> '0'
            """;

    /**
     * A plan that is kept was made when the outbox was small, and reads all of it until the next analysis. Statements are
     * ended before an answer is no longer awaited, and soon after their client has gone. A commit that is not yet on the
     * disk would let a crash lose a mark behind a position that is acknowledged; stronger settings stay.
     */
    private static final String SESSION = """
            set plan_cache_mode = force_custom_plan;
            set lock_timeout = '3s';
            set statement_timeout = '8s';
            select set_config('client_connection_check_interval', '2s', false) where version() like '%linux%';
            """ + ANY_TRANSACTION + ";" + DURABLE_COMMITS;

    /** What roles and databases may have for ordinary sessions, and ends one that waits on purpose. */
    public static final String NO_LIMITS = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0"
            + " -c idle_in_transaction_session_timeout=0";

    private static final List<String> NOTICE_A_DEAD_CLIENT = List.of(
            "set client_connection_check_interval = '2s'",
            "set tcp_keepalives_idle = 5",
            "set tcp_keepalives_interval = 2",
            "set tcp_keepalives_count = 3");

    private static final Logger LOG = LoggerFactory.getLogger(RelayDatabase.class);

    private final String url;
    private final String username;
    private final String password;
    private final BoundedBackends backends;
    private final HikariDataSource pool;
    private final DataSource dataSource;

    /** Where the newest lease is held; null before the first one. */
    private volatile @Nullable HostSpec leasedAt;

    RelayDatabase(Environment environment) {
        this.url = property(environment, "url");
        this.username = property(environment, "username");
        this.password = property(environment, "password");
        var driver = new Properties();
        driver.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), ANSWER_TIMEOUT_SECONDS);
        this.backends = new BoundedBackends(new DriverDataSource(url, null, driver, username, password), MOST_BACKENDS);
        var config = new HikariConfig();
        config.setPoolName("relay");
        config.setDataSource(backends);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(SESSION);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        this.pool = new HikariDataSource(config);
        this.dataSource = new OneStatementAThread();
    }

    private static String property(Environment environment, String name) {
        return environment.getProperty(
                "walcast.relay.database." + name, environment.getProperty("spring.datasource." + name, ""));
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(dataSource);
    }

    public String username() {
        return username;
    }

    public String password() {
        return password;
    }

    /**
     * The parts of the URL by their pgjdbc names: {@code PGHOST}, {@code PGPORT}, {@code PGDBNAME}, {@code sslmode}. Once
     * there has been a lease, host and port are those of the server that it is held at.
     */
    public Properties urlProperties() {
        var properties = Driver.parseURL(url, null);
        if (properties == null) {
            throw new IllegalStateException("spring.datasource.url must begin with jdbc:postgresql:");
        }
        HostSpec server = leasedAt;
        if (server != null) {
            PGProperty.PG_HOST.set(properties, server.getHost());
            PGProperty.PG_PORT.set(properties, server.getPort());
        }
        return properties;
    }

    /**
     * Opens a connection apart from the pool for a statement that may take as long as it likes; the caller closes it.
     * PostgreSQL ends the statement within seconds when this process dies or cannot be reached any more.
     */
    public Connection connectionThatEndsWithItsClient(String applicationName) throws SQLException {
        var own = new Properties();
        PGProperty.APPLICATION_NAME.set(own, applicationName);
        PGProperty.CONNECT_TIMEOUT.set(own, ANSWER_TIMEOUT_SECONDS);
        PGProperty.SOCKET_TIMEOUT.set(own, "0");
        PGProperty.TCP_KEEP_ALIVE.set(own, true);
        Connection connection = connect(urlProperties(), own, NO_LIMITS);
        try (var statement = connection.createStatement()) {
            statement.execute(ANY_TRANSACTION);
            for (String setting : NOTICE_A_DEAD_CLIENT) {
                try {
                    statement.execute(setting);
                } catch (SQLException e) {
                    LOG.debug("The server's system cannot do that: {}", setting, e);
                }
            }
        }
        return connection;
    }

    /**
     * Opens a connection apart from the pool, that PostgreSQL ends by itself when it hears nothing on it for so long; the
     * caller closes it. An answer is awaited for half of that time. A commit waits for the disk of this server and for no
     * synchronous standby: a lease is worth nothing on another server, so neither is what is written under it.
     */
    public Connection leasedConnection(String applicationName, Duration idle) throws SQLException {
        String answer = Long.toString(idle.toSeconds() / 2);
        var own = new Properties();
        PGProperty.APPLICATION_NAME.set(own, applicationName);
        PGProperty.CONNECT_TIMEOUT.set(own, answer);
        PGProperty.SOCKET_TIMEOUT.set(own, answer);
        leasedAt = null;
        Connection lease = connect(urlProperties(), own, NO_LIMITS + " -c idle_session_timeout=" + idle.toMillis());
        try (var statement = lease.createStatement()) {
            statement.execute("set synchronous_commit = local");
            leasedAt = lease.unwrap(BaseConnection.class).getQueryExecutor().getHostSpec();
            return lease;
        } catch (SQLException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    /** In a URL, each of these settings would override what is given beside it. */
    private Connection connect(Properties properties, Properties own, String options) throws SQLException {
        PGProperty.USER.set(properties, username);
        PGProperty.PASSWORD.set(properties, password);
        own.stringPropertyNames().forEach(name -> properties.setProperty(name, own.getProperty(name)));
        String asked = PGProperty.OPTIONS.getOrDefault(properties);
        PGProperty.OPTIONS.set(properties, asked == null ? options : asked + " " + options);
        String database = String.valueOf(PGProperty.PG_DBNAME.getOrDefault(properties));
        return DriverManager.getConnection(
                "jdbc:postgresql:" + URLEncoder.encode(database, StandardCharsets.UTF_8), properties);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** The pool, but for a thread whose last statement was given up and still runs. */
    private final class OneStatementAThread extends DelegatingDataSource {

        private final ThreadLocal<@Nullable Connection> last = new ThreadLocal<>();

        OneStatementAThread() {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection former = last.get();
            Connection connection = pool.getConnection();
            try {
                if (former != null && former.isClosed() && backends.stillRuns(former, connection)) {
                    throw new SQLTransientConnectionException(
                            "a statement from before has not ended; it may wait for a synchronous standby");
                }
                last.set((Connection) connection.unwrap(PGConnection.class));
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        }
    }
}
