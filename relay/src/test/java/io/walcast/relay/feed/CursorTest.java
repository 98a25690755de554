package io.walcast.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @ParameterizedTest
    @ValueSource(strings = {"e/", "7301-00000001/1:1:", "7301-00000001/10:20:10,12,19", "e/3:9223372036854775806:3"})
    void isReadAsItIsWritten(String text) {
        assertThat(Cursor.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/1:1:",
                "e",
                "e/1",
                "e/0:1:",
                "e/2:1:",
                "e/1:2:2",
                "e/1:5:3,2",
                "e/1:5:2,2",
                "e/2:5:1",
                "e/1:5:2,",
                "e/-1:5:",
                "e/1:5:'",
                "e/1:9999999999999999999:",
                "0123456789012345678901234567890123456789012345678901234567890123456789/1:1:"
            })
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> Cursor.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isAtMostFourKilobytesLong() {
        var running = new StringBuilder("1000");
        for (int i = 1001; i < 2000; i++) {
            running.append(',').append(i);
        }
        assertThatThrownBy(() -> Cursor.parse("e/1000:3000:" + running)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsNothingAboveTheNewestChangeAsSeen() {
        assertThat(Snapshot.parse("10:20:10,12,19").upTo(15)).hasToString("10:16:10,12");
        assertThat(Snapshot.parse("10:20:10,12,19").upTo(9)).hasToString("10:10:");
        assertThat(Snapshot.parse("10:20:12").upTo(50)).hasToString("12:20:12");
        assertThat(Snapshot.parse("10:20:12").upTo(0)).hasToString("1:1:");
    }

    @Test
    void namesALimitedNumberOfRunningTransactions() {
        List<Long> running = new ArrayList<>();
        for (long transaction = 1_000; transaction < 3_000; transaction += 2) {
            running.add(transaction);
        }
        Snapshot kept = new Snapshot(1_000, 3_000, running).upTo(5_000);

        assertThat(kept.running()).hasSize(Snapshot.MOST_RUNNING);
        assertThat(kept.xmax()).isLessThanOrEqualTo(running.get(Snapshot.MOST_RUNNING));
        assertThat(new Cursor("e", kept).toString().length()).isLessThan(4_096);
    }
}
