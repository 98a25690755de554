package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MUCH = 1_000_000;

    private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(10), 0);

    @Test
    void anEngineWhoseSlotStandsStillWhileTheWalGoesOnIsStuck() {
        assertThat(watchdog.isStuck(held(MUCH, 100), false, SECOND)).isFalse();
        assertThat(watchdog.isStuck(held(2 * MUCH, 100), false, 10 * SECOND)).isFalse();
        assertThat(watchdog.isStuck(held(3 * MUCH, 100), false, 12 * SECOND)).isTrue();
    }

    @Test
    void anEngineThatMovesIsNot() {
        for (int second = 1; second < 60; second++) {
            assertThat(watchdog.isStuck(held(MUCH * second, second), false, second * SECOND))
                    .isFalse();
        }
    }

    @Test
    void oneWithNothingToReadIsNot() {
        assertThat(watchdog.isStuck(held(100, 90), false, SECOND)).isFalse();
        assertThat(watchdog.isStuck(held(200, 90), false, 60 * SECOND)).isFalse();
    }

    @Test
    void oneThatWaitsOnPurposeIsNotHoweverLong() {
        assertThat(watchdog.isStuck(held(MUCH, 100), true, 60 * SECOND)).isFalse();
        assertThat(watchdog.isStuck(held(2 * MUCH, 100), false, 65 * SECOND)).isFalse();
        assertThat(watchdog.isStuck(held(2 * MUCH, 100), false, 71 * SECOND)).isTrue();
    }

    @Test
    void oneThatLostItsSlotIsStuckEvenIfNothingIsWritten() {
        assertThat(watchdog.isStuck(held(100, 100), false, SECOND)).isFalse();
        assertThat(watchdog.isStuck(new SlotSample(false, 100, 100), false, 12 * SECOND))
                .isTrue();
    }

    @Test
    void oneThatStartsIsGivenTimeToComeToHoldTheSlot() {
        assertThat(watchdog.isStuck(new SlotSample(false, MUCH, 100), false, SECOND))
                .isFalse();
        assertThat(watchdog.isStuck(new SlotSample(false, MUCH, 100), false, 29 * SECOND))
                .isFalse();
        assertThat(watchdog.isStuck(new SlotSample(false, MUCH, 100), false, 32 * SECOND))
                .isTrue();
    }

    @Test
    void beatsOnlyWhereOthersWrite() {
        assertThat(watchdog.wantsBeat(held(MUCH, 0))).isTrue();
        assertThat(watchdog.wantsBeat(held(MUCH + 200, 0))).isFalse();
        assertThat(watchdog.wantsBeat(held(2 * MUCH, 0))).isTrue();
    }

    private static SlotSample held(long current, long confirmed) {
        return new SlotSample(true, current, confirmed);
    }
}
