package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.delivery.ReplayFilter.Shown;
import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.startup.EventSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayFilterTest {

    private static final String TEXT = "{\"message\": {\"content\": \"a text\"}}";
    private static final long FENCE = 1_000_000;

    private final TreeSet<Long> settled = new TreeSet<>();
    private final TreeSet<Long> gone = new TreeSet<>();
    private final TreeSet<Long> scrubbed = new TreeSet<>();
    private final List<IdRange> asked = new ArrayList<>();
    private final ReplayFilter filter =
            new ReplayFilter(FENCE, this::in, new EventCatalogue(new EventSettings(Map.of())));

    @Test
    void tellsSettledRowsFromOthers() {
        settled.addAll(List.of(1L, 1_023L, 1_024L, 5_000L));

        assertThat(LongStream.rangeClosed(0, 6_000).filter(id -> isSettled(row(id, id))))
                .containsExactlyElementsOf(settled);
    }

    @Test
    void asksOnceForAThousandRowsInOrder() {
        for (long id = 0; id < 200_000; id++) {
            isSettled(row(id, id));
        }

        assertThat(asked).hasSize(196).doesNotHaveDuplicates();
    }

    @Test
    void remembersThePagesOfTransactionsThatCommitInTurn() {
        settled.addAll(LongStream.range(0, 16_000).boxed().toList());
        for (long n = 0; n < 1_000; n++) {
            for (long transaction = 0; transaction < 10; transaction++) {
                assertThat(isSettled(row(transaction * 1_024 + n, n))).isTrue();
            }
        }

        assertThat(asked).hasSize(10);
    }

    @Test
    void asksAgainForAPageThatItNoLongerHas() {
        settled.add(5L);
        for (long page = 0; page <= ReplayFilter.PAGES; page++) {
            isSettled(row(page * ReplayFilter.PAGE, page));
        }

        assertThat(isSettled(row(5, 20))).isTrue();
        assertThat(asked).hasSize(ReplayFilter.PAGES + 2);
    }

    @Test
    void asksNothingOnceTheStreamIsWhereTheReplayBegan() {
        settled.addAll(List.of(7L, 8L));

        assertThat(isSettled(row(7, FENCE))).isFalse();
        // Inserted before that and committed after it: it cannot have been settled.
        assertThat(isSettled(row(8, FENCE - 1))).isFalse();
        assertThat(asked).isEmpty();
    }

    @Test
    void sendsNoTextThatWasTakenOutOfTheTable() {
        scrubbed.add(3L);
        gone.add(4L);

        assertThat(payload(message(2, 0))).isEqualTo(TEXT);
        assertThat(payload(message(3, 0))).isEqualTo("scrubbed 3");
        assertThat(payload(message(4, 0))).isEqualTo("{\"scrubbed\": true}");
        assertThat(payload(message(3, FENCE))).isEqualTo(TEXT);
    }

    @Test
    void sendsARowThatIsNoMessageThoughTheTableDoesNotShowIt() {
        gone.add(4L);

        assertThat(payload(row(4, 0))).isEqualTo("{}");
    }

    private boolean isSettled(OutboxRow row) {
        return filter.present(row) == null;
    }

    private String payload(OutboxRow row) {
        return Objects.requireNonNull(filter.present(row)).payload();
    }

    private Collection<Shown> in(IdRange range) {
        asked.add(range);
        return LongStream.rangeClosed(range.first(), range.last())
                .filter(id -> !gone.contains(id))
                .mapToObj(id -> new Shown(id, settled.contains(id), scrubbed.contains(id) ? "scrubbed " + id : null))
                .toList();
    }

    private static OutboxRow row(long id, long lsn) {
        return new OutboxRow(id, "t", "k", "{}", "{}", "", lsn, null, Instant.EPOCH);
    }

    private static OutboxRow message(long id, long lsn) {
        return new OutboxRow(id, "messaging.message_created", "k", TEXT, "{}", "", lsn, null, Instant.EPOCH);
    }
}
