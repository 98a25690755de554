package io.walcast.relay.ops.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotTrendTest {

    private static final long SECOND = 1_000_000_000;
    private static final long MB = 1 << 20;

    private final SlotTrend trend = new SlotTrend();

    @Test
    void aSlotThatKeepsUpDoesNotGrow() {
        for (int second = 0; second < 60; second += 2) {
            add(second, second * MB, second * MB - 1_000, second / 16 * 16 * MB);
        }
        assertThat(trend.growth()).isCloseTo(0, within(1.0));
        assertThat(trend.still()).isZero();
        assertThat(trend.held()).isLessThan(Duration.ofSeconds(16));
    }

    @Test
    void aHeartbeatIsNoTrend() {
        for (int second = 0; second <= 30; second += 2) {
            // Confirmed two seconds ago at the end, and just now at the beginning.
            long lag = second == 0 ? 0 : 2 * 5 * MB;
            add(second, second * 5 * MB, second * 5 * MB - lag, second / 16 * 16 * 5 * MB);
        }
        assertThat(trend.growth()).isZero();
    }

    @Test
    void oneWhoseReaderFallsBehindGrowsByThat() {
        for (int second = 0; second < 60; second += 2) {
            add(second, second * 3 * MB, second * MB, second / 16 * 16 * MB);
        }
        assertThat(trend.growth()).isCloseTo(2.0 * MB, within(1_000.0));
    }

    @Test
    void oneThatStandsStillGrowsByWhatIsWrittenSinceThen() {
        for (int second = 0; second <= 20; second += 2) {
            add(second, second * 4 * MB, second * 4 * MB, second * 4 * MB);
        }
        for (int second = 22; second <= 30; second += 2) {
            add(second, 80 * MB + (second - 20) * MB, 80 * MB, 80 * MB);
        }
        assertThat(trend.still()).isEqualTo(Duration.ofSeconds(10));
        assertThat(trend.growth()).isCloseTo(1.0 * MB, within(1_000.0));
    }

    @Test
    void oneThatIsHeldByATransactionGrowsThoughItsReaderKeepsUp() {
        for (int second = 0; second <= 60; second += 2) {
            add(second, second * MB, second * MB - 1_000, 0);
        }
        assertThat(trend.still()).isZero();
        assertThat(trend.held()).isEqualTo(Duration.ofSeconds(60));
        assertThat(trend.growth()).isCloseTo(1.0 * MB, within(1_000.0));
    }

    @Test
    void aMomentSaysNothing() {
        assertThat(trend.growth()).isNull();
        add(0, MB, 0, 0);
        add(2, 2 * MB, 0, 0);
        assertThat(trend.growth()).isNull();
    }

    private void add(long second, long current, long confirmed, long restart) {
        trend.add(
                second * SECOND,
                current,
                new Slot(
                        "walcast",
                        true,
                        "logical",
                        "db",
                        1L,
                        null,
                        "reserved",
                        restart,
                        confirmed,
                        null,
                        null,
                        null,
                        false,
                        false));
    }
}
