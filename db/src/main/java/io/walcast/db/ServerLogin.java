package io.walcast.db;

import io.walcast.startup.StartupException;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
 * @param urlKey key that the URL was found at
 * @param server hosts, ports and database of the URL, without its other parameters, such as a password
 */
record ServerLogin(
        String properties,
        String userKey,
        String urlKey,
        String url,
        String server,
        @Nullable String user,
        @Nullable String password) {

    /** The login that these properties define. Missing ones are taken from {@code spring.datasource}. */
    static ServerLogin of(Environment environment, String properties, String userKey) {
        String own = properties + ".url";
        String urlKey = environment.containsProperty(own) ? own : "spring.datasource.url";
        String url = environment.getRequiredProperty(urlKey);
        return new ServerLogin(
                properties,
                userKey,
                urlKey,
                url,
                server(urlKey, url),
                property(environment, properties + "." + userKey, "spring.datasource.username"),
                property(environment, properties + ".password", "spring.datasource.password"));
    }

    private static @Nullable String property(Environment environment, String key, String otherwise) {
        return environment.getProperty(environment.containsProperty(key) ? key : otherwise);
    }

    private static String server(String urlKey, String url) {
        var target = Driver.parseURL(url, null);
        if (target == null) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "%s is not the URL of a PostgreSQL; set it to jdbc:postgresql://host:port/database",
                    urlKey));
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
     * @throws StartupException if it names several servers without saying which one, or a parameter that the engine
     *     does not support
     */
    void checkUrl(boolean forTheEngine) {
        Need.refuse(needsOfTheUrl(forTheEngine));
    }

    /** The faults that {@link #checkUrl} refuses. */
    List<Need> needsOfTheUrl(boolean forTheEngine) {
        List<Need> needs = new ArrayList<>();
        var target = Objects.requireNonNull(Driver.parseURL(url, null));
        String type = PGProperty.TARGET_SERVER_TYPE.getOrDefault(target);
        if (server.contains(",") && !"primary".equals(type) && !"master".equals(type)) {
            needs.add(Need.of(
                    urlKey + " names several servers, of which only the primary accepts writes",
                    "add targetServerType=primary to it"));
        }
        if (forTheEngine && server.contains("[")) {
            needs.add(Need.of(
                    urlKey + " has an IPv6 address, which the relay's engine cannot use",
                    "replace it by the name of the host"));
        }
        if (forTheEngine && PGProperty.SOCKET_FACTORY.getOrDefault(target) != null) {
            needs.add(Need.of(
                    urlKey + " has a socketFactory, which the relay's engine cannot use",
                    "remove it, and name the server's host and port"));
        }
        return needs;
    }

    Connection connect() throws SQLException {
        return connect(new Properties());
    }

    /** Connects with settings of the driver that the URL may override. */
    Connection connect(Properties settings) throws SQLException {
        var properties = credentials();
        properties.putAll(settings);
        return DriverManager.getConnection(url, properties);
    }

    /** A connection that speaks the replication protocol; the caller closes it. */
    Connection connectForReplication(Properties settings) throws SQLException {
        var properties = credentials();
        properties.putAll(settings);
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

    /** The exception with the remedy for a failed connection. */
    StartupException problem(SQLException failure) {
        return need(failure).asException(failure);
    }

    /** The unmet requirement of a failed connection. */
    Need need(SQLException failure) {
        if (isAboutTls(failure)) {
            return Need.of(
                    "the TLS connection to PostgreSQL at " + server + " failed (" + failure.getMessage() + ")",
                    "correct the host, sslmode or sslrootcert in " + urlKey + ", or the server's certificate");
        }
        return need(String.valueOf(failure.getSQLState()), failure.getMessage());
    }

    /** Decides by cause and message, because the driver has no SQLSTATE for TLS failures. */
    private static boolean isAboutTls(SQLException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
                return true;
            }
        }
        String message = String.valueOf(failure.getMessage());
        return message.contains("hostnameverifier") || message.contains("SSL");
    }

    private Need need(String state, @Nullable String message) {
        if (state.startsWith("28") || state.equals("08004")) { // the latter: it asks for a password, and none is set
            return Need.of(
                    "PostgreSQL at " + server + " refused the login (" + message + ")",
                    "set " + properties + "." + userKey + " and " + properties + ".password");
        }
        if (state.startsWith("08")) {
            return Need.of("no PostgreSQL answers at " + server, "start it, or correct " + urlKey);
        }
        if (String.valueOf(message).contains("\"TimeZone\"")) {
            return Need.of(
                    "PostgreSQL at " + server + " does not know the time zone of this JVM ("
                            + TimeZone.getDefault().getID() + ")",
                    "start Java with -Duser.timezone=UTC");
        }
        if (state.equals("3D000")) {
            return Need.of("there is no database " + server, "create it, or correct " + urlKey);
        }
        return Need.of(
                "PostgreSQL at " + server + " cannot be used (" + message + ")", "resolve that, or correct " + urlKey);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return server + " as " + user;
    }
}
