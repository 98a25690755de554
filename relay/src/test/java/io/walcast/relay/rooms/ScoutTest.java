package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One subscription reads for all that wait for the same message. */
class ScoutTest {

    private final Scout scout = new Scout();
    private final Subscription first = new Subscription(new Ear("ada"));
    private final Subscription second = new Subscription(new Ear("grace"));

    @Test
    void theFirstThatWaitsReadsForAll() {
        assertThat(scout.waits(first)).isTrue();
        assertThat(scout.waits(second)).isFalse();
        assertThat(scout.waits(first)).isTrue();

        assertThat(scout.release(second, true)).as("it only waits").isEmpty();
        assertThat(scout.release(first, true)).containsExactly(second);
        assertThat(scout.release(first, true)).as("released already").isEmpty();
        assertThat(scout.waits(second)).isTrue();
    }

    @Test
    void pausesGrowUntilTheMessageIsFound() {
        scout.waits(first);
        for (int i = 0; i < 10; i++) {
            scout.nextPause();
        }
        assertThat(scout.nextPause()).isEqualTo(Duration.ofSeconds(2));

        scout.release(first, false);
        scout.waits(second);
        assertThat(scout.nextPause()).as("the first has only gone").isEqualTo(Duration.ofSeconds(2));
        scout.release(second, true);
        assertThat(scout.nextPause()).isEqualTo(Duration.ofMillis(20));
    }
}
