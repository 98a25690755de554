package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.OutboxRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayFilterTest {

    private static final long FENCE = 1_000_000;

    private final TreeSet<Long> settled = new TreeSet<>();
    private final List<IdRange> asked = new ArrayList<>();
    private final ReplayFilter filter = new ReplayFilter(FENCE, this::in);

    @Test
    void tellsSettledRowsFromOthers() {
        settled.addAll(List.of(1L, 1_023L, 1_024L, 5_000L));

        assertThat(LongStream.rangeClosed(0, 6_000).filter(id -> filter.isSettled(row(id, id))))
                .containsExactlyElementsOf(settled);
    }

    @Test
    void asksOnceForAThousandRowsInOrder() {
        for (long id = 0; id < 200_000; id++) {
            filter.isSettled(row(id, id));
        }

        assertThat(asked).hasSize(196).doesNotHaveDuplicates();
    }

    @Test
    void remembersThePagesOfTransactionsThatCommitInTurn() {
        settled.addAll(LongStream.range(0, 16_000).boxed().toList());
        for (long n = 0; n < 1_000; n++) {
            for (long transaction = 0; transaction < 10; transaction++) {
                assertThat(filter.isSettled(row(transaction * 1_024 + n, n))).isTrue();
            }
        }

        assertThat(asked).hasSize(10);
    }

    @Test
    void asksAgainForAPageThatItNoLongerHas() {
        settled.add(5L);
        for (long page = 0; page <= ReplayFilter.PAGES; page++) {
            filter.isSettled(row(page * ReplayFilter.PAGE, page));
        }

        assertThat(filter.isSettled(row(5, 20))).isTrue();
        assertThat(asked).hasSize(ReplayFilter.PAGES + 2);
    }

    @Test
    void asksNothingOnceTheStreamIsWhereTheReplayBegan() {
        settled.addAll(List.of(7L, 8L));

        assertThat(filter.isSettled(row(7, FENCE))).isFalse();
        // Inserted before that and committed after it: it cannot have been settled.
        assertThat(filter.isSettled(row(8, FENCE - 1))).isFalse();
        assertThat(asked).isEmpty();
    }

    private Collection<Long> in(IdRange range) {
        asked.add(range);
        return settled.subSet(range.first(), true, range.last(), true);
    }

    private static OutboxRow row(long id, long lsn) {
        return new OutboxRow(id, "t", "k", "{}", "{}", "", lsn, null, Instant.EPOCH);
    }
}
