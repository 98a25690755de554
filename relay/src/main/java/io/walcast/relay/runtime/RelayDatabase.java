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
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * The relay's own connection pool to PostgreSQL, with a role of its own. It is apart from the pool of the posts, so
 * that neither delays the other.
 *
 * <p>{@code walcast.relay.database.url}, {@code .username} and {@code .password} default to {@code spring.datasource}.
 * If the URL names several servers, each lease looks for the primary among them again. Slot and engine use the server
 * of the lease.
 *
 * <p><b>Lifecycle.</b> The pool connects at first use and closes with the application context. <b>Concurrency.</b>
 * Thread-safe. <b>Error policy.</b> PostgreSQL itself cancels a statement of the pool that takes too long. It cannot
 * cancel one that has committed and waits for a synchronous standby; that one is given up here. Until it has ended, its
 * thread gets no other connection, so that a retry loop occupies one backend, and not one more with each attempt.
 */
@Component
public final class RelayDatabase implements AutoCloseable {

    private static final int POOL_SIZE = 8;

    /** One more for each thread that may have given up a statement. */
    private static final int MOST_BACKENDS = 2 * POOL_SIZE;

    private static final int CONNECTION_TIMEOUT_MILLIS = 3_000;

    /** On a connection that the network has cut silently, a read would never end, and so neither would the marks. */
    private static final String ANSWER_TIMEOUT_SECONDS = "10";

    private static final String DURABLE_COMMITS = """
            select set_config('synchronous_commit', 'local', false) where current_setting('synchronous_commit') = 'off'
            """;

    /** A sweep is one transaction, and so is the creation of a slot. PostgreSQL has this limit from version 17 on. */
    private static final String ANY_TRANSACTION = """
            select set_config('transaction_timeout', '0', false) where current_setting('transaction_timeout', true) <> '0'
            """;

    /**
     * A cached plan may date from a small outbox, and would read all of it until the next analysis. Machine code for a
     * statement takes PostgreSQL far longer to compile than the statement itself takes. Kinds of plans that somebody has
     * switched off for a whole database are needed here. An error must not carry a message's text. Row security that
     * hides rows is an error and not an empty answer. PostgreSQL cancels
     * a statement before the read of its answer times out, and soon after its client has gone. With an asynchronous
     * commit, a crash could lose the mark of a row that is already acknowledged; stronger settings stay.
     */
    private static final String SESSION = """
            set plan_cache_mode = force_custom_plan;
            set jit = off;
            set enable_nestloop = on;
            set enable_indexscan = on;
            set enable_sort = on;
            set log_parameter_max_length_on_error = 0;
            set row_security = off;
            set lock_timeout = '3s';
            set statement_timeout = '8s';
            select set_config('client_connection_check_interval', '2s', false) where version() like '%linux%';
            """ + ANY_TRANSACTION + ";" + DURABLE_COMMITS;

    /** Switches off time limits that a role or a database may have: they would end a session that waits on purpose. */
    private static final String NO_LIMITS = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0"
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

    /** The server of the newest lease; null before the first one, and while another one is being opened. */
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
     * The parts of the URL by their pgjdbc names: {@code PGHOST}, {@code PGPORT}, {@code PGDBNAME}, {@code sslmode}.
     * After a lease, host and port are those of its server.
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
     * Options for a connection without time limits, among those that the server knows: PostgreSQL refuses others.
     *
     * @throws DataAccessException if PostgreSQL cannot be reached
     */
    public String withoutLimits() {
        boolean knowsTransactions = jdbc().sql("select current_setting('transaction_timeout', true) is not null")
                .query(Boolean.class)
                .single();
        return NO_LIMITS + (knowsTransactions ? " -c transaction_timeout=0" : "");
    }

    /**
     * Opens a connection outside of the pool, for a statement without a time limit; the caller closes it. PostgreSQL
     * ends the statement within seconds after this process has died or become unreachable.
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
                    LOG.debug("The operating system of the server does not support this: {}", setting, e);
                }
            }
        }
        return connection;
    }

    /**
     * Opens a connection outside of the pool that PostgreSQL ends after {@code idle} without a statement; the caller
     * closes it. A read of an answer times out after half of that. A commit waits for the disk of this server and for
     * no synchronous standby: a lease is void on another server, and so are the writes under it.
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

    /** These settings are not part of the URL: there they would override properties of the same name. */
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

    /** The pool, which refuses a connection to a thread whose last statement was given up and still runs. */
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
                            "an earlier statement of this thread has not ended; it may wait for a synchronous standby");
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
