package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2_047, 2_048, 2_049, 9_999, 10_000})
    void comesWholeUpToItsLimit(int length) throws IOException {
        byte[] body = bytes(length);
        assertThat(RequestBody.read(new ByteArrayInputStream(body), 10_000)).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 2_047, 2_048, 10_000})
    void isReadOneByteBeyondItsLimitAndNoFurther(int limit) throws IOException {
        var stream = new ByteArrayInputStream(bytes(limit + 10));
        assertThat(RequestBody.read(stream, limit)).hasSize(limit + 1);
        assertThat(stream.available()).isEqualTo(9);
    }

    /** Each piece comes at once; there is no end to them, and the limit is far away. */
    @Test
    void mayNotTakeLongHoweverSteadilyItComes() {
        var steady = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int length) {
                into[from] = 'x';
                return 1;
            }
        };
        assertThatThrownBy(() -> RequestBody.read(steady, 1_000_000_000, Duration.ofMillis(20)))
                .isInstanceOf(RequestBody.SlowException.class);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }
}
