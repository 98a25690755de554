package io.walcast.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Collects the verdicts of a run in {@code target/faults.md} and prints the table when the last test has ended.
 *
 * <p>A run of some faults replaces their rows and keeps the others.
 */
public final class FaultTable implements BeforeAllCallback {

    private static final Path FILE = Path.of("target", "faults.md");
    private static final String LEGEND = """

            *Held broken*: how long the test kept it so. *Recovered after*: from then on until a message posted \
            afterwards reached a client. *Repeated on the wire* counts over all clients. \
            *Divergent clients*: those that know something else than the tables 5 s after all is delivered, of one that resumes \
            by `after`, one by `pos`, one by Socket.IO's recovery and one by the feed.
            """;

    private static final class AtTheEnd implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (Files.exists(FILE)) {
                System.out.println("\n" + Files.readString(FILE));
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        var unused =
                context.getRoot().getStore(Namespace.create(FaultTable.class)).computeIfAbsent(AtTheEnd.class);
    }

    static synchronized void add(Verdict verdict) {
        try {
            var rows = read();
            rows.put(verdict.fault(), verdict.tableRow());
            Files.writeString(FILE, Verdict.tableHead() + String.join("\n", rows.values()) + "\n" + LEGEND);
            System.out.println(verdict.tableRow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> read() throws IOException {
        var rows = new LinkedHashMap<String, String>();
        if (Files.exists(FILE)) {
            Files.readAllLines(FILE).stream()
                    .filter(line -> line.startsWith("| ") && !line.startsWith("| fault "))
                    .forEach(line -> rows.put(line.split(" ?\\| ?")[1], line));
        }
        return rows;
    }
}
