package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A packaged jar, run as a user runs it, in a working directory of its own below {@code target}.
 *
 * <p>It keeps its port and its directory through any number of starts, stops and kills. Its output is {@code walcast.log}
 * in that directory. It ends with this JVM. Used by one thread.
 */
public final class WalcastProcess implements AutoCloseable {

    /** Everything in one process. */
    public static final Path APP = jar("app", "walcast.jar");

    /** The relay alone. */
    static final Path RELAY = jar("relay", "walcast-relay.jar");

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final List<String> command;
    private final int port = freePort();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Thread endWithThisProcess = new Thread(this::killQuietly);
    private @Nullable Process process;

    /** Prepares a process that does everything; properties are those of Spring's configuration, options those of Java. */
    public WalcastProcess(Path directory, Map<String, String> properties, String... options) {
        this(APP, directory, properties, options);
    }

    /** Prepares a process; properties are those of Spring's configuration, options those of Java. */
    WalcastProcess(Path jar, Path directory, Map<String, String> properties, String... options) {
        this(Path.of(System.getProperty("java.home")), jar, directory, properties, options);
    }

    /** The same with another Java, which is in that directory. */
    public WalcastProcess(Path javaHome, Path jar, Path directory, Map<String, String> properties, String... options) {
        this.directory = directory;
        var all = new ArrayList<String>();
        all.add(javaHome.resolve("bin").resolve("java").toString());
        all.addAll(List.of(options));
        all.addAll(List.of("-jar", jar.toString(), "--server.port=" + port));
        String transport = System.getProperty("walcast.test.transport");
        if (transport != null) {
            all.add("--walcast.gateway.transport=" + transport);
        }
        properties.forEach((name, value) -> all.add("--" + name + "=" + value));
        this.command = List.copyOf(all);
        Runtime.getRuntime().addShutdownHook(endWithThisProcess);
    }

    /** Starts the process, and returns at once. */
    public void launch() {
        if (isAlive()) {
            throw new IllegalStateException("it runs already");
        }
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the process and waits until it reads the WAL. */
    public WalcastProcess start() {
        launch();
        awaitUp();
        return this;
    }

    /** Waits until health says that the relay reads the WAL. */
    public void awaitUp() {
        awaitThat("Walcast is up", this::isUp);
    }

    /** Waits until the process says that it is ready, for whatever it does. */
    public void awaitReady() {
        awaitThat("Walcast is ready", this::isReady);
    }

    /** Whether the process says that it is ready, for whatever it does. */
    public boolean isReady() {
        return health("/actuator/health/readiness").path("status").asString("").equals("UP");
    }

    /** Waits until the relay is in that state. */
    public void awaitState(String state) {
        awaitThat(
                "the relay is " + state,
                () -> relay().path("details").path("state").asString("").equals(state));
    }

    private void awaitThat(String what, Callable<Boolean> holds) {
        await(what + "; its log is " + log())
                .atMost(START_LIMIT)
                .pollInterval(POLL)
                .failFast("Walcast has ended; its log is " + log(), () -> !isAlive())
                .until(holds);
    }

    /** Whether health says that the relay reads the WAL. */
    public boolean isUp() {
        return relay().path("status").asString("").equals("UP");
    }

    /** What health says of the relay now; empty while nothing answers. */
    public JsonNode relay() {
        return health("/actuator/health").path("components").path("relay");
    }

    private JsonNode health(String path) {
        try {
            var request = HttpRequest.newBuilder(uri("http", path))
                    .timeout(Duration.ofSeconds(15))
                    .build();
            return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return JSON.missingNode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process as Ctrl-C or a supervisor does, and returns how long that took. */
    public Duration stop() {
        var begun = System.nanoTime();
        process().destroy();
        awaitEnd();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Ends the process as a crash does: {@code kill -9}. */
    public void kill() {
        process().destroyForcibly();
        awaitEnd();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process().pid();
    }

    public int port() {
        return port;
    }

    /** The operating system's view of it; it must run. */
    public ProcessHandle handle() {
        return process().toHandle();
    }

    /** An address of this process, such as {@code uri("ws", "/ws")}. */
    public URI uri(String scheme, String path) {
        return uri(scheme, port, path);
    }

    static URI uri(String scheme, int port, String path) {
        return URI.create("%s://127.0.0.1:%d%s".formatted(scheme, port, path));
    }

    public Path directory() {
        return directory;
    }

    public Path log() {
        return directory.resolve("walcast.log");
    }

    /** Whether the log has this. */
    public boolean hasLogged(String words) {
        try {
            return Files.readString(log()).contains(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            try {
                stop();
            } finally {
                killQuietly();
            }
        }
        Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
    }

    private void awaitEnd() {
        try {
            if (!process().waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Walcast did not end within " + STOP_LIMIT + "; its log is " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void killQuietly() {
        if (isAlive()) {
            process().destroyForcibly();
        }
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("it was never started");
        }
        return process;
    }

    private static Path jar(String module, String name) {
        return Path.of("..", module, "target", name).toAbsolutePath().normalize();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
