package io.walcast.relay.gateway.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of close codes in PROTOCOL.md. */
class EndingTest {

    private static final Pattern ROW = Pattern.compile("^\\| (1\\d{3}) \\| (.*?) ?\\| (.*) \\|$", Pattern.MULTILINE);
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");

    /** What RFC 6455 and the limit on messages have: no ending of the protocols above. */
    private static final List<Integer> OF_THE_WEBSOCKET_LAYER = List.of(1006, 1007, 1009);

    private record Row(int code, List<String> reasons, String cause) {

        boolean tells(Ending ending) {
            return code == ending.code() && (reasons.isEmpty() || reasons.contains(ending.reason()));
        }
    }

    @Test
    void everyEndingIsDocumentedWithWhetherToComeBack() throws IOException {
        List<Row> rows = rows();
        for (Ending ending : Ending.values()) {
            List<Row> telling = rows.stream().filter(row -> row.tells(ending)).toList();
            assertThat(telling).as("rows of %s", ending).isNotEmpty();
            assertThat(telling.get(0).cause().toLowerCase(Locale.ROOT).contains("connect again"))
                    .as("%s asks the client to connect again", ending)
                    .isEqualTo(ending.comeBack() != Ending.Return.UNSAID);
        }
    }

    @Test
    void everyReasonOfTheTableIsAnEnding() throws IOException {
        for (Row row : rows()) {
            if (!OF_THE_WEBSOCKET_LAYER.contains(row.code())) {
                assertThat(row.reasons())
                        .allSatisfy(reason -> assertThat(Arrays.stream(Ending.values())
                                        .filter(row::tells)
                                        .map(Ending::reason))
                                .contains(reason));
            }
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = ROW.matcher(Files.readString(Path.of("../PROTOCOL.md")))
                .results()
                .map(EndingTest::row)
                .toList();
        assertThat(rows).hasSizeGreaterThan(10);
        return rows;
    }

    private static Row row(MatchResult row) {
        List<String> reasons = QUOTED.matcher(row.group(2))
                .results()
                .map(quoted -> quoted.group(1))
                .toList();
        return new Row(Integer.parseInt(row.group(1)), reasons, row.group(3));
    }
}
