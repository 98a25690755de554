package io.walcast.acceptance.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A process that has no memory left ends, and is started again, however it was started. */
class StartCommandsTest {

    /** In a document a command may be broken into lines; in a Dockerfile its words are in quotes. */
    private static final Pattern START =
            Pattern.compile("\\bjava\\b[^`\\n]*?-jar\"?[,\\s]+\"?\\S*walcast\\S*\\.jar[^`\\n]*");

    @Test
    void eachHasTheOption() {
        List<String> starts = new ArrayList<>();
        for (Path file : Documents.with(".md", ".service", "Dockerfile")) {
            START.matcher(Documents.text(file))
                    .results()
                    .map(start -> start.group())
                    .filter(start -> !start.contains("--doctor") && !start.contains("-Djarmode"))
                    .forEach(start -> starts.add(file + ": " + start));
        }
        assertThat(starts)
                .hasSizeGreaterThan(7)
                .allSatisfy(start -> assertThat(start).contains("-XX:+ExitOnOutOfMemoryError"));
        assertThat(Documents.text(Path.of("app/pom.xml")))
                .as("of spring-boot:run")
                .contains("-XX:+ExitOnOutOfMemoryError");
    }
}
