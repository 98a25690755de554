package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When it is known of a row that it will not be seen any more. */
class UnseenRowsTest {

    private final UnseenRows rows = new UnseenRows();
    private final AtomicInteger transactionIds = new AtomicInteger();
    private long nanos;

    @Test
    void aRowThatIsShownAndNoRowAtAllAreSettled() {
        assertThat(look(0, false, 1)).isTrue();
        assertThat(look(5, true, 1)).isTrue();
    }

    @Test
    void aRowThatIsNotShownIsInDoubtUntilEveryTransactionOfThatTimeHasEnded() {
        assertThat(look(5, false, 100)).isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(look(5, false, 100)).isFalse();
        assertThat(transactionIds).hasValue(1);
        pass(Duration.ofHours(12));
        assertThat(look(5, false, 1_000)).isFalse();
        assertThat(look(5, false, 1_001)).isTrue();
        assertThat(transactionIds).hasValue(1);
    }

    @Test
    void aRowThatIsSoonShownCostsNoTransactionId() {
        look(5, false, 100);
        look(5, false, 100);
        assertThat(look(5, true, 100)).isTrue();
        pass(Duration.ofSeconds(2));
        look(5, false, 100);
        assertThat(transactionIds).hasValue(0);
    }

    @Test
    void asManyRowsAsAreAskedForAtOnceCanBeInDoubtTogether() {
        lookAtAll(100);
        pass(Duration.ofSeconds(2));
        lookAtAll(100);
        assertThat(lookAtAll(1_001)).isEqualTo(Rooms.MOST_ROWS);
    }

    private long lookAtAll(long oldest) {
        return LongStream.rangeClosed(1, Rooms.MOST_ROWS)
                .filter(row -> look(row, false, oldest))
                .count();
    }

    private boolean look(long row, boolean shown, long oldest) {
        return rows.settled(row, shown, oldest, nanos, () -> {
            transactionIds.incrementAndGet();
            return 1_000;
        });
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}
