package io.walcast.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL that a test may stop, crash and start again, always on the same port and data.
 *
 * <p>Its settings are those of production: durable, and with logical decoding. It asks for no password. It ends with the
 * JVM, even a killed one, and what it keeps lies under {@code target} until then.
 */
public final class TestServer implements SharedServer, AutoCloseable {

    /** How PostgreSQL is stopped; the names are those of {@code pg_ctl stop -m}. */
    public enum StopMode {
        /** Ends all sessions, ships what walsenders have not yet sent, and writes everything down. */
        FAST,
        /** Ends at once, as a crash would; the next start recovers from the WAL. */
        IMMEDIATE
    }

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int STOP_LIMIT_SECONDS = 60;

    private final Path home;
    private final DataDirectory directory;
    private final PostgresPrograms programs;
    private final EmbeddedServer server;
    private @Nullable Process watchdog;

    private TestServer(Path home, DataDirectory directory, PostgresPrograms programs, Map<String, String> settings) {
        this.home = home;
        this.directory = directory;
        this.programs = programs;
        this.server = new EmbeddedServer(directory, programs, settings);
    }

    /** Starts a new server with an empty cluster; the settings add to those of the embedded server, or override them. */
    public static TestServer create(Map<String, String> settings) {
        var target = Path.of("target", "postgres").toAbsolutePath();
        var home = target.resolve("of-%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet()));
        var directory = DataDirectory.claim(home);
        var all = new HashMap<>(settings);
        all.put("hba_file", trustEveryone(home).toString());
        var server = new TestServer(home, directory, PostgresPrograms.in(target.resolve("programs")), all);
        server.endWithThisProcess();
        server.start();
        return server;
    }

    /** Starts the server again after {@link #stop}; returns when it accepts connections. */
    public void start() {
        server.start();
    }

    /**
     * Stops the server and waits until it has ended.
     *
     * @throws IllegalStateException if it did not within a minute
     */
    public void stop(StopMode mode) {
        var exitCode = programs.run(
                directory.log(),
                "pg_ctl",
                List.of(
                        "stop",
                        "-D",
                        directory.data().toString(),
                        "-m",
                        mode.name().toLowerCase(Locale.ROOT),
                        "--wait",
                        "--timeout=" + STOP_LIMIT_SECONDS));
        if (exitCode != 0) {
            throw new IllegalStateException(
                    "PostgreSQL did not stop within %d s: see %s".formatted(STOP_LIMIT_SECONDS, directory.log()));
        }
    }

    /**
     * Makes the server a standby, which nobody can write to: it restarts, and awaits WAL that nobody sends.
     *
     * @throws IllegalStateException if it did not stop within a minute
     */
    public void becomeStandby() {
        stop(StopMode.FAST);
        try {
            Files.createFile(directory.data().resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Copies all that the server keeps, for {@link #restore} or {@link #promote}; it restarts for that. */
    public Path backUp() {
        var copy = home.resolve("copy-" + COUNT.incrementAndGet());
        stop(StopMode.FAST);
        copy(directory.data(), copy);
        start();
        return copy;
    }

    /** Replaces all that the server keeps by a copy, without any WAL that was written since. */
    public void restore(Path copy) {
        replace(copy);
        start();
    }

    /**
     * Replaces the server by a standby that has received no WAL since the copy, and promotes it. The new primary has no
     * slots, and a new timeline.
     */
    public void promote(Path copy) {
        replace(copy);
        try {
            for (String slot : slots()) {
                FileSystemUtils.deleteRecursively(
                        directory.data().resolve("pg_replslot").resolve(slot));
            }
            Files.createFile(directory.data().resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
        JdbcClient.create(superuserOf("postgres"))
                .sql("select pg_promote()")
                .query(Boolean.class)
                .single();
    }

    private List<String> slots() {
        var names = directory.data().resolve("pg_replslot").toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private void replace(Path copy) {
        stop(StopMode.FAST);
        try {
            FileSystemUtils.deleteRecursively(directory.data());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        copy(copy, directory.data());
    }

    /** With owners and permissions, which PostgreSQL checks. */
    private void copy(Path from, Path to) {
        try {
            int exitCode = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("copy.log").toFile())
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(Files.readString(home.resolve("copy.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sets one of the server's settings that need no restart, until it is set again; null resets it. */
    public void set(String name, @Nullable String value) {
        var jdbc = JdbcClient.create(superuserOf("postgres"));
        jdbc.sql(value == null ? "alter system reset " + name : "alter system set " + name + " = '" + value + "'")
                .update();
        jdbc.sql("select pg_reload_conf()").query().listOfRows();
        var wanted = value == null ? "" : value;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!jdbc.sql("select current_setting(?)")
                .param(name)
                .query(String.class)
                .single()
                .equals(wanted)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(name + " did not become " + value);
            }
        }
    }

    /** Creates a database if there is none of that name, and the roles {@code walcast_app} and {@code walcast_relay}. */
    public void provide(String database) {
        server.provide(database);
    }

    public int port() {
        return server.port();
    }

    /** What the server says, from its start on. */
    public Path log() {
        return directory.log();
    }

    @Override
    public String url(String database) {
        return server.url(database);
    }

    @Override
    public String superuser() {
        return EmbeddedServer.SUPERUSER;
    }

    @Override
    public DataSource superuserOf(String database) {
        return server.superuserOf(database);
    }

    /** Ends the server and removes all that it kept. */
    @Override
    public void close() {
        server.close();
        directory.close();
        if (watchdog != null) {
            watchdog.destroyForcibly();
        }
        try {
            FileSystemUtils.deleteRecursively(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path trustEveryone(Path home) {
        try {
            return Files.writeString(home.resolve("trust.conf"), """
                    host all         all 127.0.0.1/32 trust
                    host replication all 127.0.0.1/32 trust
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** No hook of a JVM runs when it is killed, but its pipes are closed: a shell waits at the end of one. */
    private void endWithThisProcess() {
        var shell = Path.of("/bin/sh");
        if (Files.notExists(shell)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return;
        }
        try {
            watchdog = new ProcessBuilder(shell.toString(), "-c", """
                    trap '' HUP INT TERM
                    cat
                    if read -r postmaster <"$1/data/postmaster.pid"; then
                        kill -QUIT "$postmaster"
                        while kill -0 "$postmaster"; do sleep 0.1; done
                    fi
                    rm -rf "$1"
                    """, "watchdog", home.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
