package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LowWaterTest {

    private final Outbox outbox = new Outbox();
    private final LowWater lowWater = new LowWater(outbox);

    @Test
    void followsWhatIsSettledInTheRoundAfterItWasSeen() {
        outbox.addSettled(1, 100);
        lowWater.advance();
        assertThat(outbox.lowWater).isZero();

        lowWater.advance();
        assertThat(outbox.lowWater).isEqualTo(101);
        assertThat(lowWater.floor()).isEqualTo(101);
    }

    @Test
    void stopsAtTheFirstRowThatIsUnsettled() {
        outbox.addSettled(1, 20_000);
        outbox.rows.put(12_345L, false);
        rounds(3);
        assertThat(outbox.lowWater).isEqualTo(12_345);
        assertThat(lowWater.floor()).isEqualTo(12_345);

        outbox.rows.put(12_345L, true);
        rounds(1);
        assertThat(outbox.lowWater).isEqualTo(20_001);
    }

    @Test
    void waitsForEveryTransactionThatMayHoldASmallerId() {
        outbox.writers.add("3/7");
        outbox.addSettled(1, 49);
        outbox.addSettled(51, 100);
        rounds(5);
        assertThat(outbox.lowWater).isZero();

        outbox.rows.put(50L, false);
        outbox.writers.remove("3/7");
        rounds(1);
        assertThat(outbox.lowWater).isEqualTo(50);
    }

    @Test
    void doesNotWaitForTransactionsThatBeganLater() {
        outbox.addSettled(1, 100);
        rounds(1);
        outbox.writers.add("3/8");
        outbox.addSettled(101, 200);
        rounds(1);

        assertThat(outbox.lowWater).isEqualTo(101);
    }

    @Test
    void looksForWaitingRowsAboveWhatIsSettledThoughATransactionStaysOpen() {
        outbox.writers.add("3/7");
        for (long hour = 0; hour < 24; hour++) {
            outbox.addSettled(1 + hour * 10_000, 10_000 + hour * 10_000);
            rounds(1);
        }
        assertThat(outbox.lowWater).isZero();
        assertThat(lowWater.floor()).isEqualTo(230_001);
        assertThat(outbox.rowsRead).isLessThan(250_000);
    }

    @Test
    void seesARowThatWasCommittedLateOnceItsTransactionHasEnded() {
        outbox.writers.add("3/7");
        outbox.addSettled(1, 49);
        outbox.addSettled(51, 100);
        rounds(3);
        assertThat(lowWater.floor()).isEqualTo(101);

        outbox.rows.put(50L, false);
        outbox.writers.remove("3/7");
        rounds(1);
        assertThat(lowWater.floor()).isEqualTo(50);
    }

    @Test
    void aRoundReadsABoundedNumberOfRows() {
        outbox.addSettled(1, 2_500_000);
        rounds(1);
        long before = outbox.rowsRead;
        rounds(1);
        assertThat(outbox.rowsRead - before).isEqualTo((long) LowWater.WIDTH * LowWater.RANGES_A_ROUND);
        assertThat(outbox.lowWater).isEqualTo(1_000_001);

        rounds(2);
        assertThat(outbox.lowWater).isEqualTo(2_500_001);
    }

    @Test
    void asksForNoTransactionsWhileNothingIsNew() {
        outbox.addSettled(1, 10);
        rounds(2);
        int asked = outbox.askedForWriters;
        rounds(10);

        assertThat(outbox.askedForWriters).isEqualTo(asked);
    }

    @Test
    void beginsAgainBelowWhenSomebodySetTheLowWaterBack() {
        outbox.addSettled(1, 1_000);
        rounds(2);
        outbox.rows.clear();
        outbox.rows.put(1L, false);
        outbox.lowWater = 0;

        assertThat(lowWater.floor()).isZero();
        rounds(2);
        assertThat(outbox.lowWater).isEqualTo(1);
        assertThat(lowWater.floor()).isEqualTo(1);
    }

    @Test
    void doesNotUndoWhatSomebodySetMeanwhile() {
        outbox.addSettled(1, 1_000);
        rounds(1);
        outbox.beforeRaise = () -> outbox.lowWater = -1;
        rounds(1);

        assertThat(outbox.lowWater).isEqualTo(-1);
    }

    /** A replica that took over may lack the newest rows, and hands out their ids again. */
    @Test
    void relyingOnAnotherServerItNotesWhoWritesAgain() {
        outbox.addSettled(1, 100);
        rounds(1);
        outbox.server = "another";
        outbox.writers.add("3/7");
        rounds(3);

        assertThat(outbox.lowWater).isZero();
    }

    private void rounds(int count) {
        for (int n = 0; n < count; n++) {
            lowWater.advance();
        }
    }

    /** What PostgreSQL would show of an outbox: each row with whether it is settled. */
    private static final class Outbox implements LowWater.Tables {

        private final TreeMap<Long, Boolean> rows = new TreeMap<>();
        private final Set<String> writers = new HashSet<>();
        private String server = "one";
        private long lowWater;
        private long rowsRead;
        private int askedForWriters;
        private Runnable beforeRaise = () -> {};

        void addSettled(long first, long last) {
            for (long id = first; id <= last; id++) {
                rows.put(id, true);
            }
        }

        @Override
        public LowWater.Standing standing() {
            return new LowWater.Standing(server, lowWater);
        }

        @Override
        public boolean raise(long from, long to) {
            beforeRaise.run();
            if (lowWater != from) {
                return false;
            }
            lowWater = to;
            return true;
        }

        @Override
        public long newest(long from) {
            Long last = rows.isEmpty() ? null : rows.lastKey();
            return last == null || last < from ? from - 1 : last;
        }

        @Override
        public LowWater.Writers writers() {
            askedForWriters++;
            return new LowWater.Writers(server, Set.copyOf(writers));
        }

        @Override
        public OptionalLong between(long first, long last) {
            return lowest(rows.subMap(first, true, last, true).entrySet().stream()
                    .limit(1)
                    .toList());
        }

        @Override
        public OptionalLong lowestUnsettled(IdRange range) {
            var read = rows.subMap(range.first(), true, range.last(), true);
            rowsRead += read.size();
            return lowest(read.entrySet().stream()
                    .filter(row -> !row.getValue())
                    .limit(1)
                    .toList());
        }

        private static OptionalLong lowest(List<Map.Entry<Long, Boolean>> found) {
            return found.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(found.get(0).getKey());
        }
    }
}
