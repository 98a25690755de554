package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

    private final ByteBudget budget = new ByteBudget(100_000);

    @Test
    void isSharedByThoseWhoTakeMoreAndMore() {
        long[] held = new long[9];
        boolean taken = true;
        while (taken) {
            taken = false;
            for (int i = 0; i < held.length; i++) {
                if (budget.take(100, held[i])) {
                    held[i] += 100;
                    taken = true;
                }
            }
        }
        assertThat(budget.used()).isEqualTo(LongStream.of(held).sum()).isBetween(60_000L, 75_000L);
        LongStream.of(held).forEach(bytes -> assertThat(bytes).isBetween(6_500L, 8_500L));
        assertThat(budget.take(20_000, 0)).as("one that holds nothing").isTrue();
    }

    @Test
    void isNeverPassed() {
        assertThat(budget.take(100_000, 0)).isTrue();
        assertThat(budget.take(1, 0)).isFalse();
        budget.release(100_000);
        assertThat(budget.used()).isZero();
        assertThat(budget.take(100_001, 0)).isFalse();
    }
}
