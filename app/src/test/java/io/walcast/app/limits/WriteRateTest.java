package io.walcast.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteRateTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final WriteRate rate = new WriteRate(new LimitSettings(100, 5));

    @Test
    void letsABurstThroughAndThenOneForEachThatIsEarned() {
        long now = -7;
        for (int i = 0; i < 5; i++) {
            assertThat(rate.count("u1", now)).isZero();
        }
        assertThat(rate.count("u1", now)).isEqualTo(10 * MILLI);
        assertThat(rate.count("u1", now + 9 * MILLI)).isEqualTo(MILLI);
        assertThat(rate.count("u1", now + 10 * MILLI)).isZero();
        assertThat(rate.count("u1", now + 10 * MILLI)).isEqualTo(10 * MILLI);
    }

    @Test
    void earnsNoMoreThanABurst() {
        rate.count("u1", 0);
        long later = TimeUnit.HOURS.toNanos(1);
        for (int i = 0; i < 5; i++) {
            assertThat(rate.count("u1", later)).isZero();
        }
        assertThat(rate.count("u1", later)).isPositive();
    }

    @Test
    void costsOneUserNothingThatAnotherDoes() {
        for (int i = 0; i < 6; i++) {
            rate.count("u1", 0);
        }
        assertThat(rate.count("u2", 0)).isZero();
    }

    @Test
    void keepsOnlyUsersWhoWroteLately() {
        for (int i = 0; i < 100_000; i++) {
            rate.count("u" + i, i * MILLI);
        }
        assertThat(rate.kept()).isLessThan(3_000);
    }
}
