package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void hasALineForEachFactAndOneForWhatToType() {
        var lines = Table.lines(List.of(
                Finding.ok("server", "PostgreSQL 18.0"),
                Finding.missing("publication", "there is no publication walcast", "create publication walcast;")));

        assertThat(lines)
                .containsExactly(
                        "ok       server        PostgreSQL 18.0",
                        "missing  publication   there is no publication walcast",
                        "      -> create publication walcast;");
    }

    @Test
    void breaksLongTextsBetweenWords() {
        var lines = Table.lines(List.of(Finding.warning("slot", "a fact ".repeat(40), "a remedy ".repeat(40))));

        assertThat(lines)
                .hasSizeGreaterThan(4)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Table.WIDTH));
        assertThat(String.join(" ", lines).replaceAll("\\s+", " ")).contains("a fact a fact", "a remedy a remedy");
    }

    @Test
    void keepsAWordThatIsTooLong() {
        assertThat(Table.lines(List.of(Finding.ok("url", "x".repeat(200)))))
                .singleElement()
                .asString()
                .endsWith("x".repeat(200));
    }
}
