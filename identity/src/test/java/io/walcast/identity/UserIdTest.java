package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u",
                "u1",
                "alice@example.org",
                "auth0|5f7c",
                "a.b",
                "...",
                ".a",
                "~!\"#$%&'()*+,-:;<=>?@[]^_`{|}"
            })
    void takesVisibleAscii(String value) {
        assertThat(new UserId(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "a\\b", ".", "..", "ü", "a\n", "\u0000", "\u007f", "\uD800"})
    void refusesWhatIsNotTheSameEverywhere(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {255, 256})
    void hasAtMost255Characters(int length) {
        assertThat(UserId.isWellFormed("x".repeat(length))).isEqualTo(length <= 255);
    }
}
