package io.walcast.acceptance.containers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The compose file's services, under a project name and on ports of their own, until they are taken down. */
final class Compose implements AutoCloseable {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String PROJECT =
            "walcast-test-" + ProcessHandle.current().pid();

    private Compose() {}

    /** Builds the images, starts the services, and returns when all are healthy. */
    static Compose up() throws IOException, InterruptedException {
        var compose = new Compose();
        try {
            compose.run("up", "--build", "--detach", "--wait", "--wait-timeout", "240");
        } catch (IOException | InterruptedException | RuntimeException e) {
            compose.close();
            throw e;
        }
        return compose;
    }

    /** Where a port of a service is published: host and port. */
    String address(String service, int port) throws IOException, InterruptedException {
        return run("port", service, Integer.toString(port)).strip();
    }

    /** A token for a user, as the README says how to get one. */
    String token(String user) throws IOException, InterruptedException {
        return run("run", "--rm", "--quiet-pull", "token", user).strip();
    }

    void kill(String service) throws IOException, InterruptedException {
        run("kill", service);
    }

    void start(String service) throws IOException, InterruptedException {
        run("start", service);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("down", "--volumes", "--timeout", "5");
    }

    /** @return what it wrote to its standard output */
    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "docker",
                "compose",
                "-p",
                PROJECT,
                "-f",
                "docker-compose.yml",
                "-f",
                "acceptance/src/test/compose/free-ports.yml"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
