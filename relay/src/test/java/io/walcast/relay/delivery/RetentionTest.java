package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration PASS = Duration.ofHours(2);
    private static final long FAR = 100 * IdRange.SEARCHED;

    private final Outbox outbox = new Outbox();
    private final Retention retention =
            new Retention(new OutboxSettings(Duration.ofHours(1), Duration.ofMinutes(1)), outbox);

    private Instant now = START;

    @Test
    void deletesUpToTheFirstRowThatIsTooYoung() {
        outbox.publish(1, 2_500, START.minus(Duration.ofHours(3)));
        outbox.publish(2_501, 2_600, START);
        outbox.lowWater = 2_601;

        retention.deleteOld(now);

        assertThat(outbox.rows.keySet()).hasSize(100).startsWith(2_501L);
    }

    @Test
    void aNewPassFindsARowThatWasNotPublishedWhenTheLastOneCameToIt() {
        outbox.publish(1, 3_000, START.minus(Duration.ofHours(3)));
        outbox.rows.put(1_500L, Instant.MAX);
        outbox.lowWater = 1_500;
        retention.deleteOld(now);
        outbox.rows.put(1_500L, START);

        pass();

        assertThat(outbox.rows).isEmpty();
    }

    @Test
    void aNewPassSearchesNothingBelowTheFirstRowThatTheLastOneLeft() {
        outbox.publish(FAR, FAR + 2_999, START.minus(Duration.ofHours(3)));
        outbox.publish(FAR + 3_000, FAR + 3_010, START);
        outbox.lowWater = FAR + 3_011;
        retention.deleteOld(now);
        assertThat(outbox.searches).isGreaterThan(5);

        outbox.searches = 0;
        pass();

        assertThat(outbox.rows).isEmpty();
        assertThat(outbox.searches).isLessThan(5);
    }

    @Test
    void aNewPassFindsARowThatAppearedWhereAllWasDeleted() {
        outbox.publish(1, 3_000, START.minus(Duration.ofHours(3)));
        outbox.rows.remove(100L);
        // Its transaction is still open.
        outbox.lowWater = 100;
        retention.deleteOld(now);
        outbox.rows.put(100L, START);

        pass();

        assertThat(outbox.rows).isEmpty();
    }

    @Test
    void beginsAgainWhenIdsBeganAgain() {
        outbox.publish(FAR, FAR + 10, START.minus(Duration.ofHours(3)));
        outbox.lowWater = FAR + 11;
        retention.deleteOld(now);
        outbox.publish(1, 10, START.minus(Duration.ofHours(3)));
        outbox.lowWater = 1;

        retention.deleteOld(now);

        assertThat(outbox.rows).isEmpty();
    }

    private void pass() {
        now = now.plus(PASS);
        retention.deleteOld(now);
    }

    /** An outbox in memory: when each row was published, by its id. */
    private static final class Outbox implements Retention.Tables {

        private final TreeMap<Long, Instant> rows = new TreeMap<>();
        private long lowWater;
        private int searches;

        void publish(long first, long last, Instant at) {
            LongStream.rangeClosed(first, last).forEach(id -> rows.put(id, at));
        }

        @Override
        public long lowWater() {
            return lowWater;
        }

        @Override
        public long newest(long from) {
            return rows.isEmpty() ? from - 1 : Math.max(from - 1, rows.lastKey());
        }

        @Override
        public OptionalLong between(long first, long last) {
            searches++;
            Long found = rows.ceilingKey(first);
            return found == null || found > last ? OptionalLong.empty() : OptionalLong.of(found);
        }

        @Override
        public boolean deleteUpToYoung(IdRange range, Instant publishedBefore) {
            var inRange = rows.subMap(range.first(), true, range.last(), true);
            boolean young =
                    inRange.values().stream().anyMatch(at -> !at.isBefore(publishedBefore) && at != Instant.MAX);
            inRange.values().removeIf(at -> at.isBefore(publishedBefore));
            return young;
        }
    }
}
