package io.walcast.relay;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The relay's own way to PostgreSQL: a pool apart from that of the posts, so that neither keeps the other waiting, and
 * a role of its own.
 *
 * <p>{@code walcast.relay.database.url}, {@code .username} and {@code .password} default to {@code spring.datasource}.
 * Thread-safe. The pool connects at first use and closes with the application context.
 */
@Component
public final class RelayDatabase implements AutoCloseable {

    private static final int POOL_SIZE = 8;
    private static final int CONNECTION_TIMEOUT_MILLIS = 3_000;

    /** On a connection that the network swallowed, an answer would be awaited for ever, and with it the marks. */
    private static final String ANSWER_TIMEOUT_SECONDS = "10";

    /** A plan that is kept was made when the outbox was small, and reads all of it until the next analysis. */
    private static final String PLAN_EACH_TIME = "set plan_cache_mode = force_custom_plan";

    private static final List<String> NOTICE_A_DEAD_CLIENT = List.of(
            "set client_connection_check_interval = '2s'",
            "set tcp_keepalives_idle = 5",
            "set tcp_keepalives_interval = 2",
            "set tcp_keepalives_count = 3");

    private static final Logger LOG = LoggerFactory.getLogger(RelayDatabase.class);

    private final String url;
    private final String username;
    private final String password;
    private final HikariDataSource pool;

    RelayDatabase(Environment environment) {
        this.url = property(environment, "url");
        this.username = property(environment, "username");
        this.password = property(environment, "password");
        var config = new HikariConfig();
        config.setPoolName("relay");
        config.setJdbcUrl(url);
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(PLAN_EACH_TIME);
        config.addDataSourceProperty(PGProperty.SOCKET_TIMEOUT.getName(), ANSWER_TIMEOUT_SECONDS);
        this.pool = new HikariDataSource(config);
    }

    private static String property(Environment environment, String name) {
        return environment.getProperty(
                "walcast.relay.database." + name, environment.getProperty("spring.datasource." + name, ""));
    }

    public DataSource dataSource() {
        return pool;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(pool);
    }

    public String username() {
        return username;
    }

    public String password() {
        return password;
    }

    /** The parts of the URL by their pgjdbc names: {@code PGHOST}, {@code PGPORT}, {@code PGDBNAME}, {@code sslmode}. */
    public Properties urlProperties() {
        var properties = Driver.parseURL(url, null);
        if (properties == null) {
            throw new IllegalStateException("spring.datasource.url must begin with jdbc:postgresql:");
        }
        return properties;
    }

    /**
     * Opens a connection apart from the pool for a statement that may take as long as it likes; the caller closes it.
     * PostgreSQL ends the statement within seconds when this process dies or cannot be reached any more.
     */
    public Connection connectionThatEndsWithItsClient(String applicationName) throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, username);
        PGProperty.PASSWORD.set(properties, password);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.CONNECT_TIMEOUT.set(properties, ANSWER_TIMEOUT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        Connection connection = DriverManager.getConnection(url, properties);
        try (var statement = connection.createStatement()) {
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
     * caller closes it. An answer is awaited for half of that time.
     */
    public Connection leasedConnection(String applicationName, Duration idle) throws SQLException {
        String answer = Long.toString(idle.toSeconds() / 2);
        var properties = new Properties();
        PGProperty.USER.set(properties, username);
        PGProperty.PASSWORD.set(properties, password);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.OPTIONS.set(properties, "-c idle_session_timeout=" + idle.toMillis());
        PGProperty.CONNECT_TIMEOUT.set(properties, answer);
        PGProperty.SOCKET_TIMEOUT.set(properties, answer);
        return DriverManager.getConnection(url, properties);
    }

    @Override
    public void close() {
        pool.close();
    }
}
