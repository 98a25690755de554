package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.delivery.MarkStatements.Transactions;
import io.walcast.relay.wal.OutboxRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightRowTest {

    private final List<String> told = new ArrayList<>();

    private final InFlightRow.Origin origin = new InFlightRow.Origin() {
        @Override
        public void delivered(InFlightRow delivery) {
            told.add("delivered");
        }

        @Override
        public void letGo(InFlightRow delivery) {
            told.add("let go");
        }

        @Override
        public void settled() {
            told.add("settled");
        }

        @Override
        public void abandoned() {
            told.add("abandoned");
        }
    };

    private final InFlightRow delivery = new InFlightRow(
            new OutboxRow(1, "topic", "key", "{}", "{}", "2026-01-01T00:00:00Z", 0, null, Instant.EPOCH), origin);

    @Test
    void endsOnceWhoeverEndsIt() {
        delivery.letGo();
        delivery.settle();
        delivery.settle();
        delivery.abandoned();

        assertThat(told).containsExactly("let go", "settled");
        assertThat(delivery.settled()).isTrue();
    }

    @Test
    void whatIsAbandonedHoldsNothingAndIsNotDelivered() {
        delivery.abandoned();
        delivery.delivered();

        assertThat(told).containsExactly("let go", "abandoned");
        assertThat(delivery.settled()).isFalse();
        assertThatThrownBy(delivery::row).isInstanceOf(IllegalStateException.class);
    }

    /** A mark that PostgreSQL refuses is written again without end, and with it all others of its batch. */
    @Test
    void theErrorIsOneThatTheTableTakes() {
        delivery.failed(new IllegalStateException("a\0b" + "c".repeat(2_000)));

        assertThat(delivery.lastError())
                .startsWith("java.lang.IllegalStateException: a bcc")
                .hasSizeLessThan(1_100);
    }

    @Test
    void twoBytesACharacterAreCounted() {
        var longer = new InFlightRow(
                new OutboxRow(1, "topic", "key", "{1234}", "{}", "2026-01-01T00:00:00Z", 0, null, Instant.EPOCH),
                origin);

        assertThat(longer.bytes() - delivery.bytes()).isEqualTo(8);
    }

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
