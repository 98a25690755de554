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

    private final ByteBudget room = new ByteBudget(100_000);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2_047, 2_048, 2_049, 9_999, 10_000})
    void comesWholeUpToItsLimit(int length) throws IOException {
        byte[] body = bytes(length);
        assertThat(RequestBody.read(new ByteArrayInputStream(body), 10_000, room))
                .isEqualTo(body);
        assertThat(room.used()).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 2_047, 2_048, 10_000})
    void isReadOneByteBeyondItsLimitAndNoFurther(int limit) throws IOException {
        var stream = new ByteArrayInputStream(bytes(limit + 10));
        assertThat(RequestBody.read(stream, limit, room)).hasSize(limit + 1);
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
        assertThatThrownBy(() ->
                        RequestBody.read(steady, 1_000_000_000, Duration.ofMillis(20), new ByteBudget(Long.MAX_VALUE)))
                .isInstanceOf(RequestBody.SlowException.class);
    }

    @Test
    void isRefusedWhenAllBodiesTogetherTakeTooMuchAndThenHoldsNothing() throws IOException {
        RequestBody.read(new ByteArrayInputStream(bytes(30_000)), 256_000, room);
        var large = new ByteArrayInputStream(bytes(60_000));
        assertThatThrownBy(() -> RequestBody.read(large, 256_000, room))
                .isInstanceOf(RequestBody.NoRoomException.class);
        assertThat(room.used()).isEqualTo(30_000);
        assertThat(RequestBody.read(new ByteArrayInputStream(bytes(1_000)), 256_000, room))
                .as("a small one beside it")
                .hasSize(1_000);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }
}
