package io.walcast.db;

import io.walcast.startup.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * An embedded PostgreSQL server: on loopback only, durable, and with logical decoding.
 *
 * <p>Lifecycle: {@link #start} once, {@link #close} once or more. The server has a process group of its own, so that
 * Ctrl-C ends the application first. It survives a killed JVM; the next {@code start} on its directory stops it and
 * starts another one, which has every commit. Concurrency: start and close may overlap (a shutdown during the start);
 * then close stops the server that runs on the directory. Error policy: a server that does not start is a {@link
 * StartupException} with the last error of its log.
 */
final class EmbeddedServer implements AutoCloseable {

    /** The superuser of every embedded server. */
    static final String SUPERUSER = "postgres";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Duration START_LIMIT = Duration.ofMinutes(5); // a crash recovery may read much WAL
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private static final Map<String, String> SETTINGS = Map.of(
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            "timezone", "UTC",
            "fsync", "on",
            "synchronous_commit", "on",
            "wal_level", "logical",
            // If the relay is down for long, its slot is lost, which the relay repairs, and the disk does not fill.
            "max_slot_wal_keep_size", "2GB");

    private final DataDirectory directory;
    private final PostgresPrograms programs;
    private final Map<String, String> settings;
    private final int port = freePort();

    /** Settings add to those of every embedded server, or override them. */
    EmbeddedServer(DataDirectory directory, PostgresPrograms programs, Map<String, String> settings) {
        this.directory = directory;
        this.programs = programs;
        this.settings = new TreeMap<>(SETTINGS);
        this.settings.putAll(settings);
    }

    void start() {
        try {
            Files.deleteIfExists(directory.log());
            stopOrphan();
            if (Files.notExists(directory.data())) {
                LOG.info("Creating the database cluster in {} ...", directory.data());
                createCluster();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LOG.info("Starting PostgreSQL ...");
        var options = settings.entrySet().stream()
                .map(setting -> String.format(Locale.ROOT, "-c %s=\"%s\"", setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(" ", "-p " + port + " ", ""));
        if (control("start", START_LIMIT, "-l", directory.log().toString(), "-o", options) != 0) {
            throw didNot("start");
        }
    }

    private void stopOrphan() throws IOException {
        var pidFile = directory.data().resolve("postmaster.pid");
        if (postmaster().isPresent()) {
            LOG.info("Stopping the PostgreSQL of an earlier run ...");
            stop();
        }
        // A crash of the machine left the file: another process may have its process id now, and PostgreSQL would not
        // start.
        Files.deleteIfExists(pidFile);
    }

    private void createCluster() throws IOException {
        var unfinished = directory.unfinishedData();
        FileSystemUtils.deleteRecursively(unfinished);
        var exitCode = programs.run(
                directory.log(),
                "initdb",
                List.of(
                        "--pgdata=" + unfinished,
                        "--username=" + SUPERUSER,
                        "--pwfile=" + directory.passwordFile(),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C"));
        if (exitCode != 0) {
            throw didNot("create its data");
        }
        Files.move(unfinished, directory.data());
    }

    private StartupException didNot(String what) {
        return new StartupException(String.format(
                Locale.ROOT,
                "the embedded PostgreSQL did not %s: %s (its log is %s)",
                what,
                lastWords(directory.log()),
                directory.log()));
    }

    private static String lastWords(Path log) {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.matches(".*(FATAL|PANIC|error): .*"))
                    .reduce((earlier, later) -> later)
                    .orElse("no reason given");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server process that runs on the directory, whichever JVM started it. */
    Optional<ProcessHandle> postmaster() {
        try (var lines = Files.lines(directory.data().resolve("postmaster.pid"))) {
            return lines.findFirst()
                    .map(pid -> Long.parseLong(pid.strip()))
                    .flatMap(ProcessHandle::of)
                    .filter(this::servesDirectory);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean servesDirectory(ProcessHandle process) {
        var info = process.info();
        return info.command()
                        .filter(command ->
                                Path.of(command).getFileName().toString().startsWith("postgres"))
                        .isPresent()
                // Windows does not report the arguments: there the name must suffice.
                && info.arguments()
                        .map(arguments ->
                                List.of(arguments).contains(directory.data().toString()))
                        .orElse(true);
    }

    /** Stops the server, by an immediate shutdown if a fast one fails: no commit is lost by that. */
    @Override
    public void close() {
        if (postmaster().isPresent()) {
            stop();
        }
    }

    private void stop() {
        var postmaster = postmaster();
        if (control("stop", STOP_LIMIT, "-m", "fast") != 0 && control("stop", STOP_LIMIT, "-m", "immediate") != 0) {
            postmaster.ifPresent(this::kill);
        }
    }

    private void kill(ProcessHandle postmaster) {
        postmaster.destroyForcibly();
        postmaster.onExit().orTimeout(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    private int control(String action, Duration limit, String... arguments) {
        var all = new ArrayList<>(
                List.of(action, "-D", directory.data().toString(), "--wait", "--timeout=" + limit.toSeconds()));
        all.addAll(List.of(arguments));
        return programs.run(directory.log(), "pg_ctl", all);
    }

    int port() {
        return port;
    }

    String url(String database) {
        return String.format(Locale.ROOT, "jdbc:postgresql://127.0.0.1:%d/%s", port, database);
    }

    DataSource superuserOf(String database) {
        var source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(SUPERUSER);
        source.setPassword(directory.password());
        return source;
    }

    /** Creates a database and the two roles of the modules' logins, with no more rights than they need. */
    void provide(String database) {
        var jdbc = JdbcClient.create(superuserOf("postgres"));
        if (jdbc.sql("select from pg_database where datname = ?")
                .param(database)
                .query((row, number) -> true)
                .list()
                .isEmpty()) {
            jdbc.sql("create database " + database).update();
        }
        // Before the first migration, which would create the roles without a login.
        jdbc.sql("""
                do $$
                begin
                    if not exists (select from pg_roles where rolname = 'walcast_app') then
                        create role walcast_app;
                    end if;
                    if not exists (select from pg_roles where rolname = 'walcast_relay') then
                        create role walcast_relay;
                    end if;
                    alter role walcast_app login;
                    alter role walcast_relay login replication;
                end
                $$
                """).update();
        setPassword("walcast_app", "walcast_relay");
    }

    /** The driver sends a hash of the password, so that no statement contains it that the server could log or show. */
    private void setPassword(String... roles) {
        try (var connection = superuserOf("postgres").getConnection()) {
            for (String role : roles) {
                connection
                        .unwrap(PGConnection.class)
                        .alterUserPassword(role, directory.password().toCharArray(), "scram-sha-256");
            }
        } catch (SQLException e) {
            throw new UncategorizedSQLException("set the passwords of the roles", null, e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
