package io.walcast.db;

import io.walcast.startup.StartupException;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TimeZone;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.springframework.core.env.Environment;

/**
 * A login to an external server.
 *
 * @param properties prefix of the properties that define it
 * @param userKey key of the user, after the prefix
 * @param server hosts, ports and database of the URL, without its other parameters, such as a password
 */
record ServerLogin(
        String properties,
        String userKey,
        String url,
        String server,
        @Nullable String user,
        @Nullable String password) {

    /** The login that these properties define. What they leave out is taken from {@code spring.datasource}. */
    static ServerLogin of(Environment environment, String properties, String userKey) {
        var url =
                environment.getProperty(properties + ".url", environment.getRequiredProperty("spring.datasource.url"));
        return new ServerLogin(
                properties,
                userKey,
                url,
                server(properties, url),
                property(environment, properties + "." + userKey, "spring.datasource.username"),
                property(environment, properties + ".password", "spring.datasource.password"));
    }

    private static @Nullable String property(Environment environment, String key, String otherwise) {
        return environment.getProperty(environment.containsProperty(key) ? key : otherwise);
    }

    private static String server(String properties, String url) {
        var target = Driver.parseURL(url, null);
        if (target == null) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "%s.url is not the URL of a PostgreSQL; set it to jdbc:postgresql://host:port/database",
                    properties));
        }
        return hosts(target) + "/" + PGProperty.PG_DBNAME.getOrDefault(target);
    }

    private static String hosts(Properties target) {
        String[] hosts = String.valueOf(PGProperty.PG_HOST.getOrDefault(target)).split(",");
        String[] ports = String.valueOf(PGProperty.PG_PORT.getOrDefault(target)).split(",");
        return IntStream.range(0, hosts.length)
                .mapToObj(i -> hosts[i] + ":" + ports[Math.min(i, ports.length - 1)])
                .collect(Collectors.joining(","));
    }

    /** The properties with their fallbacks applied. */
    Map<String, Object> asProperties() {
        var map = new HashMap<String, Object>(Map.of(properties + ".url", url));
        if (user != null) {
            map.put(properties + "." + userKey, user);
        }
        if (password != null) {
            map.put(properties + ".password", password);
        }
        return map;
    }

    /**
     * Checks the parameters of the URL.
     *
     * @param forTheEngine whether the engine connects with it too, which supports the address and the TLS settings only
     * @throws StartupException if it names several servers without saying which one, or a parameter that the engine does not support
     */
    void checkUrl(boolean forTheEngine) {
        var target = Objects.requireNonNull(Driver.parseURL(url, null));
        String type = PGProperty.TARGET_SERVER_TYPE.getOrDefault(target);
        if (server.contains(",") && !"primary".equals(type) && !"master".equals(type)) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "%s.url names several servers, of which only the primary accepts writes; add targetServerType=primary to it",
                    properties));
        }
        if (forTheEngine && server.contains("[")) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "%s.url has an IPv6 address, which the relay's engine cannot use; replace it by the name of the host",
                    properties));
        }
        if (forTheEngine && PGProperty.SOCKET_FACTORY.getOrDefault(target) != null) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "%s.url has a socketFactory, which the relay's engine cannot use; remove it, and name the server's host and port",
                    properties));
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, credentials());
    }

    /** A connection that speaks the replication protocol; the caller closes it. */
    Connection connectForReplication() throws SQLException {
        var properties = credentials();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        return DriverManager.getConnection(url, properties);
    }

    private Properties credentials() {
        var credentials = new Properties();
        if (user != null) {
            PGProperty.USER.set(credentials, user);
        }
        if (password != null) {
            PGProperty.PASSWORD.set(credentials, password);
        }
        return credentials;
    }

    /** Says what to do about a failed connection. */
    StartupException problem(SQLException failure) {
        if (isAboutTls(failure)) {
            return new StartupException(
                    String.format(
                            Locale.ROOT,
                            "the TLS connection to PostgreSQL at %s failed (%s); correct the host, sslmode or sslrootcert in %s.url, or the server's certificate",
                            server,
                            failure.getMessage(),
                            properties),
                    failure);
        }
        return new StartupException(sentence(String.valueOf(failure.getSQLState()), failure.getMessage()), failure);
    }

    /** The driver has no SQLSTATE of its own for it. */
    private static boolean isAboutTls(SQLException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
                return true;
            }
        }
        String message = String.valueOf(failure.getMessage());
        return message.contains("hostnameverifier") || message.contains("SSL");
    }

    private String sentence(String state, @Nullable String message) {
        if (state.startsWith("28") || state.equals("08004")) { // the latter: it asks for a password, and none is set
            return String.format(
                    Locale.ROOT,
                    "PostgreSQL at %s refused the login (%s); set %s.%s and %3$s.password",
                    server,
                    message,
                    properties,
                    userKey);
        }
        if (state.startsWith("08")) {
            return String.format(
                    Locale.ROOT, "no PostgreSQL answers at %s; start it, or correct %s.url", server, properties);
        }
        if (String.valueOf(message).contains("\"TimeZone\"")) {
            return String.format(
                    Locale.ROOT,
                    "PostgreSQL at %s does not know the time zone of this JVM (%s); start Java with -Duser.timezone=UTC",
                    server,
                    TimeZone.getDefault().getID());
        }
        if (state.equals("3D000")) {
            return String.format(
                    Locale.ROOT, "there is no database %s; create it, or correct %s.url", server, properties);
        }
        return String.format(
                Locale.ROOT,
                "PostgreSQL at %s cannot be used (%s); resolve that, or correct %s.url",
                server,
                message,
                properties);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return server + " as " + user;
    }
}
