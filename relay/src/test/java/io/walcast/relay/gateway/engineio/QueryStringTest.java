package io.walcast.relay.gateway.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryStringTest {

    @Test
    void readsNamesAndValues() {
        assertThat(QueryString.parse("EIO=4&transport=polling&t=a%20b+c&empty=&flag"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("EIO", "4", "transport", "polling", "t", "a b c", "empty", "", "flag", ""));
    }

    @Test
    void keepsTheFirstOfARepeatedName() {
        assertThat(QueryString.parse("sid=a&sid=b")).containsExactly(Map.entry("sid", "a"));
    }

    @Test
    void isEmptyWithoutAQuery() {
        assertThat(QueryString.parse(null)).isEmpty();
        assertThat(QueryString.parse("")).isEmpty();
    }

    @Test
    void refusesABadEscape() {
        assertThatIllegalArgumentException().isThrownBy(() -> QueryString.parse("a=%zz"));
    }
}
