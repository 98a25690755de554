package io.walcast.acceptance.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walcast.acceptance.WalcastProcess;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell commands of README's "Try it", typed into one shell one after the other, against the packaged jar.
 *
 * <p>They stand there for port 3000 of Walcast and port 8000 of the page: the test has both on free ports, and replaces the
 * numbers. Nothing else is changed. Needs Bash, curl, Python, Node and npm's registry.
 */
class TryItIT {

    private static final Pattern SECTION = Pattern.compile("(?ms)^## Try it$(.*?)^## ");
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static final Pattern UNREACHABLE =
            Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network");

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsWhatTheCommandsNeed() throws InterruptedException {
        for (String program : List.of("bash", "curl", "python3", "node", "npm")) {
            assumeTrue(exists(program), "SKIPPED: there is no " + program + ", so the README's commands are not run");
        }
    }

    @Test
    void theCommandsOfTheReadmeDoWhatItSays() throws Exception {
        int page = freePort();
        try (var walcast = new WalcastProcess(directory.resolve("walcast"), Map.of(), "-Xmx384m").start();
                var shell = new Shell()) {
            List<String> commands = commands(walcast.port(), page);
            assertThat(commands).hasSize(5);

            shell.type(commands.get(0), LIMIT);
            assertThat(shell.output()).as("the conversation's id").containsPattern("(?m)^[0-9a-f-]{36}$");

            shell.type(commands.get(1), INSTALL_LIMIT);
            assumeTrue(
                    !UNREACHABLE.matcher(shell.output()).find(),
                    "SKIPPED: npm cannot reach its registry, so the README's commands are not run");
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(get(page, "/")).contains("socket.io.min.js"));
            assertThat(get(page, "/socket.io.min.js")).contains("Socket.IO v4");

            shell.type(commands.get(2), LIMIT);
            shell.awaitOutput("ok: true");

            shell.type(commands.get(3), LIMIT);
            shell.awaitOutput("content: 'hello'");

            await("the message is marked").atMost(LIMIT).untilAsserted(() -> {
                shell.type(commands.get(4), LIMIT);
                assertThat(shell.output()).contains("\"published\":true").containsPattern("\"markedAt\":\"");
            });
        }
    }

    private static List<String> commands(int walcast, int page) {
        var section = SECTION.matcher(Documents.text(Path.of("README.md")));
        assertThat(section.find()).isTrue();
        return COMMANDS.matcher(section.group(1))
                .results()
                .map(block -> block.group(1)
                        .replace("localhost:3000", "localhost:" + walcast)
                        .replace("http.server 8000", "http.server " + page))
                .toList();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean exists(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A shell that is typed into; what it started ends with it. */
    private static final class Shell implements AutoCloseable {

        private final Path log = directory.resolve("shell.log");
        private final Process process;
        private final BufferedWriter input;
        private int typed;

        Shell() throws IOException {
            var bash = new ProcessBuilder("bash")
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            bash.environment().put("TMPDIR", directory.toString());
            process = bash.start();
            input = process.outputWriter();
        }

        /** Types the commands and waits until those that do not run in the background have ended. */
        void type(String commands, Duration limit) throws IOException {
            String done = "these were commands " + ++typed;
            input.write(commands + "echo " + done + "\n");
            input.flush();
            await().atMost(limit).untilAsserted(() -> assertThat(output()).contains(done));
        }

        void awaitOutput(String words) {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(output()).contains(words));
        }

        String output() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() throws Exception {
            List<ProcessHandle> background = process.descendants().toList();
            background.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.waitFor();
            for (ProcessHandle ended : background) {
                ended.onExit().join();
            }
        }
    }
}
