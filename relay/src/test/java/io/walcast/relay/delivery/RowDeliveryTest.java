package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.wal.OutboxRow;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RowDeliveryTest {

    private static final RowDelivery.Origin NOBODY = new RowDelivery.Origin() {
        @Override
        public void delivered(RowDelivery delivery) {}

        @Override
        public void settled() {}

        @Override
        public void abandoned() {}
    };

    private final RowDelivery delivery = new RowDelivery(
            new OutboxRow(1, "topic", "key", "{}", "{}", "2026-01-01T00:00:00Z", 0, null, Instant.EPOCH), NOBODY);

    @Test
    void aRowMayAppearAsLongAsATransactionOfThatTimeRuns() {
        assertThat(delivery.mayStillAppear(new Transactions(90, 100))).isTrue();
        assertThat(delivery.mayStillAppear(new Transactions(99, 200))).isTrue();
        assertThat(delivery.mayStillAppear(new Transactions(99, 300))).isTrue();
    }

    @Test
    void aRowThatIsMissedAfterAllOfThemEndedIsGone() {
        assertThat(delivery.mayStillAppear(new Transactions(90, 100))).isTrue();
        assertThat(delivery.mayStillAppear(new Transactions(100, 200))).isTrue();
        assertThat(delivery.mayStillAppear(new Transactions(100, 200))).isFalse();
    }

    @Test
    void theLastTransactionMayHaveEndedBetweenTheMarkAndTheLook() {
        assertThat(delivery.mayStillAppear(new Transactions(100, 100))).isTrue();
        assertThat(delivery.mayStillAppear(new Transactions(100, 100))).isFalse();
    }
}
