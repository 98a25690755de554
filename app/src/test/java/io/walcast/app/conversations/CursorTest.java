package io.walcast.app.conversations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @Test
    void readsWhatItWrites() {
        var cursor = new Cursor(OffsetDateTime.parse("2026-01-02T03:04:05.000006Z"), UUID.randomUUID());

        assertThat(Cursor.valueOf(cursor.toString())).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "2026-01-02T03:04:05Z",
                "2026-01-02T03:04:05Z_",
                "yesterday_00000000-0000-0000-0000-000000000000",
                "+999999999-12-31T23:59:59Z_00000000-0000-0000-0000-000000000000",
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Cursor.valueOf(text)).isInstanceOf(RuntimeException.class);
    }
}
