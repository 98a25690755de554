package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stock client of npm, as browsers use it: see client.mjs for what it does. Needs Node and npm's registry. */
class NodeClientIT {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path DIRECTORY = Path.of("target/node");
    private static final Path INSTALLED = DIRECTORY.resolve("node_modules/socket.io-client/package.json");

    private static final Pattern UNREACHABLE =
            Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network");

    private static TestDatabase database;
    private static RelayProcess relay;

    @BeforeAll
    static void startRelay() throws Exception {
        assumeTrue(exists("node"), "SKIPPED: there is no Node, so its Socket.IO client is not tested");
        assumeTrue(exists("npm"), "SKIPPED: there is no npm, so the Socket.IO client cannot be installed");
        install();
        database = TestDatabase.create();
        relay = RelayProcess.start(database);
    }

    @AfterAll
    static void stopRelay() {
        if (relay != null) {
            relay.close();
            database.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"websocket\"]", "[\"polling\"]", "null"})
    void connectsJoinsAndComesBackWithoutMissingAnything(String transports) throws Exception {
        var outbox = new Outbox(database);
        var conversation = outbox.conversation();
        try (var proxy = new CuttableProxy(relay.port())) {
            Process client =
                    start("client.mjs", "http://127.0.0.1:" + proxy.port(), conversation.toString(), transports);
            try (BufferedReader lines = client.inputReader();
                    var answers = client.outputWriter()) {
                var complaint = new StringBuilder();
                String line;
                while ((line = lines.readLine()) != null) {
                    if (line.startsWith("post ")) {
                        outbox.post(conversation, Integer.parseInt(line.substring("post ".length())));
                    } else if (line.equals("cut")) {
                        proxy.cut();
                    } else if (line.equals("restore")) {
                        proxy.restore();
                    } else {
                        complaint.append(line).append('\n');
                        continue;
                    }
                    answers.write("done\n");
                    answers.flush();
                }
                assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(client.exitValue()).as(complaint.toString()).isZero();
            } finally {
                client.destroyForcibly();
            }
        }
    }

    @Test
    void theDocumentedClientIsNotHeldUpByMessagesThatWereDeleted() throws Exception {
        isNotHeldUpByMessagesThatWereDeleted(documentedClient(), (seq, content) -> "message.created " + content);
    }

    /** It counts messages and knows nothing of the log. */
    @Test
    void theDocumentedClientOfTheReleaseBeforeIsServedAsWell() throws Exception {
        isNotHeldUpByMessagesThatWereDeleted(clientOfTheReleaseBefore(), (seq, content) -> seq + " " + content);
    }

    private static void isNotHeldUpByMessagesThatWereDeleted(Path program, BiFunction<Integer, String, String> line)
            throws Exception {
        var outbox = new Outbox(database);
        var conversation = outbox.conversation();
        outbox.post(conversation, 5);
        outbox.delete(conversation, 2);
        outbox.delete(conversation, 5);
        Process client = start(program.toString(), conversation.toString());
        try (BufferedReader lines = client.inputReader()) {
            for (int seq = 1; seq <= 5; seq++) {
                assertThat(lines.readLine()).isEqualTo(line.apply(seq, seq == 2 || seq == 5 ? "null" : "hello"));
            }
            outbox.post(conversation, 1);
            outbox.postWithBrokenPayload(conversation);
            outbox.post(conversation, 1);
            for (int seq = 6; seq <= 8; seq++) {
                assertThat(lines.readLine()).isEqualTo(line.apply(seq, "hello"));
            }
        } finally {
            client.destroyForcibly();
        }
    }

    /** The code of PROTOCOL.md as it stands there, but for the address and the user. */
    private static Path documentedClient() throws IOException {
        String protocol = Files.readString(Path.of("../PROTOCOL.md"));
        int begin = protocol.indexOf("import { io } from 'socket.io-client'");
        return write("follow.mjs", protocol.substring(begin, protocol.indexOf("```", begin)));
    }

    /** As it stood in PROTOCOL.md before there was a log. */
    private static Path clientOfTheReleaseBefore() throws IOException {
        return write("follow-by-seq.mjs", Files.readString(Path.of("src/test/resources/follow-by-seq.mjs")));
    }

    private static Path write(String name, String code) throws IOException {
        String here = code.replace("http://localhost:3000", "http://127.0.0.1:" + relay.port())
                .replace("userId: 'u1'", "userId: 'grace'");
        return Files.writeString(DIRECTORY.resolve(name), here).getFileName();
    }

    /** A client that hangs is ended after a while: otherwise the wait for its next line would not end. */
    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(arguments));
        Process client = new ProcessBuilder(command)
                .directory(DIRECTORY.toFile())
                .redirectErrorStream(true)
                .start();
        var unused = client.onExit()
                .orTimeout(1, TimeUnit.MINUTES)
                .whenComplete((ended, timeout) -> client.destroyForcibly());
        return client;
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(DIRECTORY);
        for (String file : List.of("package.json", "package-lock.json", "client.mjs")) {
            Files.copy(SOURCE.resolve(file), DIRECTORY.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (Files.exists(INSTALLED) && Files.readString(INSTALLED).contains("\"version\": \"4.8.4\"")) {
            return;
        }
        Path log = Files.createTempFile("npm", ".log");
        try {
            Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                    .directory(DIRECTORY.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = npm.waitFor(2, TimeUnit.MINUTES);
            npm.destroyForcibly();
            String output = Files.readString(log, StandardCharsets.UTF_8);
            boolean failed = !ended || npm.exitValue() != 0;
            assumeTrue(
                    !(failed && (!ended || UNREACHABLE.matcher(output).find())),
                    "SKIPPED: npm cannot reach its registry, so the Socket.IO client is not tested");
            assertThat(failed).as(output).isFalse();
        } finally {
            Files.delete(log);
        }
    }

    private static boolean exists(String program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
