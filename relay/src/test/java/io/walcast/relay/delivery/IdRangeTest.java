package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

class IdRangeTest {

    private final TreeSet<Long> ids = new TreeSet<>();
    private final List<IdRange> searched = new ArrayList<>();
    private long pauseMillis;

    @Test
    void aRangeBeginsWithARowAndEndsWhereItIsFull() {
        ids.addAll(List.of(7L, 8L, 500L));

        assertThat(next(0, 500)).contains(new IdRange(7, 106));
        assertThat(next(107, 500)).contains(new IdRange(500, 500));
        assertThat(next(501, 500)).isEmpty();
    }

    /** As among the traces of many deleted rows. */
    @Test
    void aSlowSearchPassesFiftyThousandIdsAtATime() {
        ids.add(175_000L);
        pauseMillis = 6;

        assertThat(next(0, 10_000_000)).contains(new IdRange(175_000, 175_099));
        assertThat(searched)
                .hasSize(4)
                .allSatisfy(range -> assertThat(range.last() - range.first()).isLessThan(IdRange.SEARCHED));
    }

    @Test
    void aGapOfAnyWidthIsPassedInFewSearches() {
        long ahead = Long.MAX_VALUE - 5;
        ids.add(ahead);

        assertThat(next(0, Long.MAX_VALUE)).contains(new IdRange(ahead, Long.MAX_VALUE));
        assertThat(searched).hasSizeLessThan(10_000);
    }

    @Test
    void nothingAfterTheLastIdIsLookedAt() {
        ids.add(1_000L);

        assertThat(next(0, 999)).isEmpty();
        assertThat(searched).containsExactly(new IdRange(0, 999));
    }

    @Test
    void theLastIdThatThereIsEndsASearch() {
        ids.add(Long.MAX_VALUE - 1);

        assertThat(next(Long.MAX_VALUE - 60_000, Long.MAX_VALUE))
                .contains(new IdRange(Long.MAX_VALUE - 1, Long.MAX_VALUE));
        assertThat(new IdRange(1, Long.MAX_VALUE).following(Long.MAX_VALUE, 100, this::lowest))
                .isEmpty();
        ids.clear();
        assertThat(next(Long.MAX_VALUE - 60_000, Long.MAX_VALUE)).isEmpty();
        assertThat(searched).hasSize(2);
    }

    @Test
    void anInterruptEndsALongSearch() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> next(0, Long.MAX_VALUE)).isInstanceOf(TransientDataAccessResourceException.class);
            assertThat(searched).hasSize(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private Optional<IdRange> next(long from, long upTo) {
        searched.clear();
        return IdRange.next(from, upTo, 100, this::lowest);
    }

    private OptionalLong lowest(long first, long last) {
        searched.add(new IdRange(first, last));
        long end = System.nanoTime() + Duration.ofMillis(pauseMillis).toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        Long found = ids.ceiling(first);
        return found == null || found > last ? OptionalLong.empty() : OptionalLong.of(found);
    }
}
