package io.walcast.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class ClockCheckTest {

    private final ClockCheck check = new ClockCheck();

    @Test
    void toleratesASecondAndTheTimeOfTheAnswer() {
        assertThat(check.judge(10_000, 9_000, 10_500).severity()).isEqualTo(Severity.OK);
        assertThat(check.judge(10_000, 11_500, 10_500).severity()).isEqualTo(Severity.OK);
        assertThat(check.judge(10_000, 10_250, 10_500).severity()).isEqualTo(Severity.OK);
    }

    @Test
    void tellsTheDifferenceInDigitsOfEverywhere() {
        var before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR-u-nu-arabext"));
        try {
            assertThat(check.judge(10_000, 13_700, 10_500).fact()).contains("3.2 s ahead of");
            assertThat(check.judge(10_000, 5_500, 10_500).fact()).contains("4.5 s behind");
        } finally {
            Locale.setDefault(before);
        }
    }
}
