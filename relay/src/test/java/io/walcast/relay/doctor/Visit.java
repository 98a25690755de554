package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * What the doctor said, and with which exit code.
 *
 * @param lines each of one finding, with its continuation lines joined; what to type follows as a line of its own
 */
record Visit(int exitCode, List<String> lines, String output, String error) {

    /** As the relay in a process of its own would call it. */
    static Visit to(String url, String login, String... more) {
        var output = new ByteArrayOutputStream();
        var error = new ByteArrayOutputStream();
        String[] arguments = Stream.concat(
                        Stream.of(
                                "--doctor", "--spring.datasource.url=" + url, "--spring.datasource.username=" + login),
                        Arrays.stream(more))
                .toArray(String[]::new);
        int exitCode = Doctor.examine(
                arguments,
                new PrintStream(output, true, StandardCharsets.UTF_8),
                new PrintStream(error, true, StandardCharsets.UTF_8),
                "spring.config.name=walcast,relay,application");
        String printed = output.toString(StandardCharsets.UTF_8);
        assertThat(printed.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Table.WIDTH));
        return new Visit(exitCode, joined(printed), printed, error.toString(StandardCharsets.UTF_8));
    }

    /** The lines of findings that are not ok. */
    List<String> complaints() {
        return lines.stream()
                .filter(line -> line.startsWith("warning") || line.startsWith("missing"))
                .toList();
    }

    /** What it says to type about the first finding whose line contains all of these. */
    String remedy(String... parts) {
        for (int i = 0; i < lines.size() - 1; i++) {
            if (Arrays.stream(parts).allMatch(lines.get(i)::contains)) {
                String next = lines.get(i + 1);
                assertThat(next).as(output).startsWith(Table.ARROW);
                return next.substring(Table.ARROW.length());
            }
        }
        throw new AssertionError("nothing is said of " + List.of(parts) + " in\n" + output + error);
    }

    /** All that it says to type, in order. */
    List<String> remedies() {
        return lines.stream()
                .filter(line -> line.startsWith(Table.ARROW))
                .map(line -> line.substring(Table.ARROW.length()))
                .toList();
    }

    /** Types it, a statement at a time. */
    static void type(String remedy, DataSource superuser) {
        assertThat(remedy).contains(";");
        execute(superuser, remedy.split(";\\s*"));
    }

    static void execute(DataSource superuser, String... statements) {
        try (var connection = superuser.getConnection();
                var typed = connection.createStatement()) {
            for (String statement : statements) {
                if (!statement.startsWith("--")) {
                    typed.execute(statement);
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(List.of(statements).toString(), e);
        }
    }

    private static List<String> joined(String output) {
        List<String> joined = new ArrayList<>();
        output.lines().forEach(line -> {
            boolean continued = line.startsWith(" ") && !line.startsWith(Table.ARROW) && !joined.isEmpty();
            if (continued) {
                joined.set(joined.size() - 1, joined.get(joined.size() - 1) + " " + line.strip());
            } else {
                joined.add(line);
            }
        });
        return joined;
    }
}
