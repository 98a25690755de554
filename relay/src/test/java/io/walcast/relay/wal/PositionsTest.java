package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.OutboxConsumer.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PositionsTest {

    private static final class Row implements Settlement {

        private boolean settled;
        private int asked;

        @Override
        public boolean settled() {
            asked++;
            return settled;
        }
    }

    private final AtomicLong nanos = new AtomicLong();
    private final Positions positions = new Positions(nanos::get);

    @Test
    void nothingIsTakenBeforeTheFirstRowIsSettled() {
        var first = row(1);
        var second = row(2);
        heartbeat(3);
        second.settled = true;

        assertThat(positions.takeSettled()).isNull();
        assertThat(positions.hasUnsettled()).isTrue();

        first.settled = true;
        assertThat(positions.takeSettled()).isEqualTo(offset(3));
        assertThat(positions.hasUnsettled()).isFalse();
        assertThat(positions.takeSettled()).isNull();
    }

    @Test
    void aHeartbeatWaitsForTheRowsBeforeIt() {
        heartbeat(1);
        var row = row(2);
        heartbeat(3);

        assertThat(positions.takeSettled()).isEqualTo(offset(1));
        assertThat(positions.takeSettled()).isNull();

        row.settled = true;
        assertThat(positions.takeSettled()).isEqualTo(offset(3));
    }

    @Test
    void oneRowThatIsNotSettledKeepsNoMoreThanItsNeighboursInMemory() {
        var first = row(1);
        List<Row> others = new ArrayList<>();
        for (int i = 2; i <= 100_000; i++) {
            var other = row(i);
            other.settled = true;
            others.add(other);
        }
        others.forEach(other -> other.asked = 0);

        first.settled = true;
        assertThat(positions.takeSettled()).isEqualTo(offset(100_000));
        assertThat(others.stream().filter(other -> other.asked > 0))
                .as("rows that are still kept")
                .hasSizeLessThan(3_000);
    }

    @Test
    void mergingLosesNoRowThatIsNotSettled() {
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i <= 5_000; i++) {
            var row = row(i);
            row.settled = i % 7 != 0;
            rows.add(row);
        }
        for (int i = 7; i <= 5_000; i += 7) {
            assertThat(positions.takeSettled()).isEqualTo(offset(i - 1));
            rows.get(i - 1).settled = true;
        }
        assertThat(positions.takeSettled()).isEqualTo(offset(5_000));
    }

    @Test
    void theWaitIsThatOfTheFirstRowThatIsNotSettled() {
        var first = row(1);
        var second = row(2);
        assertThat(positions.waiting()).isZero();
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(positions.waiting()).isEqualTo(Duration.ofSeconds(3));

        first.settled = true;
        assertThat(positions.waiting()).isZero();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(positions.waiting()).isEqualTo(Duration.ofSeconds(2));

        second.settled = true;
        assertThat(positions.waiting()).isZero();
    }

    private Row row(long lsn) {
        var row = new Row();
        positions.add(offset(lsn), row);
        return row;
    }

    private void heartbeat(long lsn) {
        positions.add(offset(lsn), Settlement.DONE);
    }

    private static Map<String, ?> offset(long lsn) {
        return Map.of("lsn", lsn);
    }
}
