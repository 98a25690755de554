package io.walcast.acceptance.benchmark.contender;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** A relay of another kind, one Node program that is run unchanged: by a tick, by LISTEN/NOTIFY, or without an outbox. */
public final class Yardstick implements Contender {

    /** How the relay learns of a message. */
    public enum Kind {
        TICK("tick of 500 ms", Map.of()),
        NOTIFY("LISTEN/NOTIFY", Map.of("NOTIFY", "1")),
        DIRECT("direct emit, no outbox", Map.of("DIRECT", "1"));

        private final String title;
        private final Map<String, String> environment;

        Kind(String title, Map<String, String> environment) {
            this.title = title;
            this.environment = environment;
        }
    }

    private static final String PROGRAM = "node-relay.mjs";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Kind kind;
    private final Postgres postgres;
    private final String database;
    private final int port;
    private final Process process;
    private final Rest rest;

    private Yardstick(Kind kind, Postgres postgres, String database, int port, Process process) {
        this.kind = kind;
        this.postgres = postgres;
        this.database = database;
        this.port = port;
        this.process = process;
        this.rest = new Rest(port);
    }

    /** Copies the programs of a directory and has npm install what they need; returns where. */
    public static Path install(Path source) {
        var directory = Path.of("target", "yardsticks").toAbsolutePath();
        try {
            FileSystemUtils.deleteRecursively(directory);
            Files.createDirectories(directory);
            for (var file : List.of(PROGRAM, "package.json")) {
                Files.copy(source.resolve(file), directory.resolve(file));
            }
            var npm = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--silent")
                    .directory(directory.toFile())
                    .inheritIO()
                    .start();
            if (npm.waitFor() != 0) {
                throw new IllegalStateException("npm could not install what the yardsticks need");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return directory;
    }

    /** Starts one in a directory that {@link #install} has prepared, on an empty database. */
    public static Yardstick start(Kind kind, Path directory, Postgres postgres, String database) {
        postgres.provide(database);
        int port = freePort();
        var node = new ProcessBuilder("node", PROGRAM)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(database + ".log").toFile());
        node.environment().putAll(kind.environment);
        node.environment().put("DATABASE_URL", postgres.url(database));
        node.environment().put("PORT", Integer.toString(port));
        try {
            var process = node.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            await(kind.title + " is up")
                    .atMost(START_LIMIT)
                    .failFast(() -> !process.isAlive())
                    .until(() -> answers(port));
            return new Yardstick(kind, postgres, database, port, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public String name() {
        return kind.title;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public UUID createConversation(List<String> members) {
        return rest.createConversation(members);
    }

    @Override
    public boolean allMarked() {
        return kind == Kind.DIRECT
                || sql().sql("select not exists (select from s_outbox where published_at is null)")
                        .query(Boolean.class)
                        .single();
    }

    private JdbcClient sql() {
        return postgres.sql(database);
    }

    @Override
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        postgres.sql("postgres")
                .sql("drop database " + database + " with (force)")
                .update();
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
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
