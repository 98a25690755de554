package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.OutboxConsumer.Audit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AuditCycleTest {

    /** An outbox in memory: whether a row is settled, by its id. */
    private static final class Outbox implements AuditCycle.Rows {

        private final TreeMap<Long, Boolean> rows = new TreeMap<>();
        private final List<Long> sentAgain = new ArrayList<>();
        private long lowWater;
        private long position = 1_000;
        private long widestQuestion;
        private int questions;

        void add(long first, long last, boolean settled) {
            LongStream.rangeClosed(first, last).forEach(id -> rows.put(id, settled));
        }

        @Override
        public OptionalLong between(long first, long last) {
            asked(first, last);
            Long found = rows.ceilingKey(first);
            return found == null || found > last ? OptionalLong.empty() : OptionalLong.of(found);
        }

        @Override
        public long newest(long from) {
            return rows.isEmpty() ? from - 1 : Math.max(from - 1, rows.lastKey());
        }

        @Override
        public long lowWater() {
            return lowWater;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public List<Long> unsettled(IdRange range) {
            asked(range.first(), range.last());
            return rows.subMap(range.first(), true, range.last(), true).entrySet().stream()
                    .filter(row -> !row.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
        }

        @Override
        public int sendAgain(List<Long> ids) {
            sentAgain.addAll(ids);
            ids.forEach(rows::remove);
            return ids.size();
        }

        private void asked(long first, long last) {
            questions++;
            widestQuestion = Math.max(widestQuestion, last - first + 1);
        }
    }

    private final Outbox outbox = new Outbox();
    private final AuditCycle audit = new AuditCycle(outbox);

    @Test
    void anUnsettledRowIsJudgedWhenTheSlotHasPassedWhereTheWalEnded() {
        outbox.add(1, 1, false);
        assertThat(audit.round(5_000)).isEqualTo(Audit.WAITS);
        assertThat(audit.round(999)).isEqualTo(Audit.WAITS);
        assertThat(outbox.sentAgain).isEmpty();
        assertThat(audit.round(1_000)).isEqualTo(new Audit(false, 1, 0));
        assertThat(outbox.sentAgain).containsExactly(1L);
    }

    @Test
    void aRowThatIsSettledByThenIsWell() {
        outbox.add(1, 3, false);
        audit.round(0);
        outbox.add(1, 3, true);
        assertThat(audit.round(1_000)).isEqualTo(Audit.NOTHING);
        assertThat(outbox.sentAgain).isEmpty();
    }

    @Test
    void rowsThatWaitForHoursInAnOutageAreNotJudgedByTheirAge() {
        outbox.add(1, 50, false);
        for (int round = 0; round < 10_000; round++) {
            assertThat(audit.round(500)).isEqualTo(Audit.WAITS);
        }
        assertThat(outbox.sentAgain).isEmpty();
    }

    @Test
    void manyAreLeftToASweep() {
        outbox.add(1, AuditCycle.FEW + 1, false);
        audit.round(0);
        assertThat(audit.round(1_000)).isEqualTo(new Audit(false, 0, AuditCycle.FEW + 1));
        assertThat(outbox.sentAgain).isEmpty();
    }

    @Test
    void aRowFarAboveTheLowWaterIsFoundPageByPage() {
        outbox.add(1, 10L * AuditCycle.PAGE, true);
        outbox.add(9L * AuditCycle.PAGE + 5, 9L * AuditCycle.PAGE + 5, false);
        assertThat(roundsUntilSentAgain()).isLessThanOrEqualTo(12);
    }

    @Test
    void aRowBelowTheLowWaterIsFoundToo() {
        outbox.lowWater = 10L * AuditCycle.PAGE_BELOW;
        outbox.add(1, outbox.lowWater, true);
        outbox.add(4L * AuditCycle.PAGE_BELOW, 4L * AuditCycle.PAGE_BELOW, false);
        assertThat(roundsUntilSentAgain()).isLessThanOrEqualTo(6);
    }

    @Test
    void aRowOfThePageThatAppearedLaterIsNotJudgedWithIt() {
        outbox.add(1, 1, false);
        outbox.add(10, 10, true);
        audit.round(0);
        outbox.add(5, 5, false);
        outbox.add(1, 1, true);
        assertThat(audit.round(1_000)).isEqualTo(Audit.WAITS);
        assertThat(outbox.sentAgain).isEmpty();
    }

    @Test
    void theSearchForAPageIsSpreadOverRounds() {
        outbox.lowWater = 40 * AuditCycle.SEARCHED;
        outbox.add(30 * AuditCycle.SEARCHED, 30 * AuditCycle.SEARCHED, false);
        for (int round = 0; outbox.sentAgain.isEmpty(); round++) {
            assertThat(round).isLessThan(40);
            outbox.questions = 0;
            audit.round(1_000);
            assertThat(outbox.questions).isLessThan(30);
            assertThat(outbox.widestQuestion).isLessThanOrEqualTo(AuditCycle.SEARCHED);
        }
    }

    @Test
    void aPassBelowTheLowWaterBeginsWhereTheLastOneFoundItsFirstRow() {
        outbox.lowWater = 30 * AuditCycle.SEARCHED;
        long first = outbox.lowWater - 10;
        outbox.add(first, outbox.lowWater - 1, true);
        for (int round = 0; round < 40; round++) {
            audit.round(1_000);
        }
        outbox.questions = 0;
        audit.round(1_000);
        assertThat(outbox.questions).isLessThanOrEqualTo(2);
        outbox.add(first, first, false);
        assertThat(roundsUntilSentAgain()).isLessThanOrEqualTo(3);
    }

    @Test
    void beginsAgainBelowWhenTheLowWaterIsSetBack() {
        outbox.lowWater = 30 * AuditCycle.SEARCHED;
        for (int round = 0; round < 40; round++) {
            audit.round(1_000);
        }
        outbox.lowWater = 0;
        audit.round(1_000);
        outbox.lowWater = 100;
        outbox.add(5, 5, false);
        assertThat(roundsUntilSentAgain()).isLessThanOrEqualTo(3);
    }

    @Test
    void beginsAgainThoughRowsAreWrittenAsFastAsTheyAreRead() {
        outbox.add(1, 2L * AuditCycle.PAGE, true);
        long newest = 2L * AuditCycle.PAGE;
        for (int round = 0; outbox.sentAgain.isEmpty(); round++) {
            assertThat(round).isLessThan(10);
            audit.round(1_000);
            outbox.add(newest + 1, newest + 3L * AuditCycle.PAGE, true);
            newest += 3L * AuditCycle.PAGE;
            if (round == 1) {
                outbox.add(7, 7, false);
            }
        }
    }

    @Test
    void beginsAgainAtItsEnd() {
        outbox.add(1, 3L * AuditCycle.PAGE, true);
        for (int round = 0; round < 5; round++) {
            audit.round(1_000);
        }
        outbox.add(7, 7, false);
        assertThat(roundsUntilSentAgain()).isLessThanOrEqualTo(6);
    }

    private int roundsUntilSentAgain() {
        for (int round = 1; round < 100; round++) {
            if (audit.round(1_000).sentAgain() > 0) {
                return round;
            }
        }
        return 100;
    }
}
