package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.Ownership.Proof;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a proof of the ownership holds, on two clocks of which either may be wrong. */
class ProofTest {

    private static final Proof ASKED = new Proof(Long.MAX_VALUE - 5, 1_000_000);

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0S, true",
        "PT6S, PT6S, true",
        "PT6.001S, PT6.001S, false",
        // A virtual machine was frozen, and its other clock was corrected.
        "PT0.1S, PT30S, false",
        // Somebody has set the clock back.
        "PT7S, PT-1H, false",
        "PT1S, PT-1H, true",
    })
    void holdsForSixSecondsOnBothClocks(Duration monotonic, Duration wall, boolean good) {
        var now = new Proof(ASKED.nanos() + monotonic.toNanos(), ASKED.millis() + wall.toMillis());

        assertThat(ASKED.isGoodAt(now)).isEqualTo(good);
    }
}
