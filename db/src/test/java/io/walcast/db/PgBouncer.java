package io.walcast.db;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.springframework.util.FileSystemUtils;

/**
 * A PgBouncer of this machine in front of a test's database, in transaction mode: each transaction of a session may meet
 * another backend. It asks for no password, and runs until it is closed.
 */
public final class PgBouncer implements AutoCloseable {

    private final TestDatabase database;
    private final Path directory;
    private final int port;
    private final Process process;

    private PgBouncer(TestDatabase database, Path directory, int port, Process process) {
        this.database = database;
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Starts one; skips the test, and says so, on a machine that has none. */
    public static PgBouncer before(TestDatabase database) throws IOException {
        Path program = Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(
                program != null, "There is no pgbouncer on this machine: install its package to run this test");
        var directory = Files.createTempDirectory("pgbouncer");
        // It gives up the rights of root, and reads its files afterwards.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        int port = freePort();
        Files.writeString(directory.resolve("users.txt"), """
                "postgres" ""
                "walcast_app" ""
                "walcast_app_login" ""
                "walcast_relay" ""
                """);
        var configuration = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        URI.create(database.url().substring("jdbc:".length())).getPort(),
                        port,
                        directory.resolve("users.txt")));
        var command = new ArrayList<>(List.of(program.toString(), configuration.toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(1, List.of("-u", "nobody"));
        }
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                .start();
        var pooler = new PgBouncer(database, directory, port, process);
        Awaitility.await("PgBouncer listens").atMost(Duration.ofSeconds(30)).until(pooler::listens);
        return pooler;
    }

    /** The test's database through it; without prepared statements, which are those of one backend. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s?prepareThreshold=0".formatted(port, database.name());
    }

    private boolean listens() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        FileSystemUtils.deleteRecursively(directory);
    }
}
