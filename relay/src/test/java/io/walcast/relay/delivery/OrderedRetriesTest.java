package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.SinkDownException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** On one thread and a clock that this test moves on. */
class OrderedRetriesTest {

    private static final Duration DELAY = Duration.ofMillis(50);

    private final List<Long> delivered = new ArrayList<>();
    private final List<Long> parked = new ArrayList<>();
    private final List<Long> abandoned = new ArrayList<>();
    private final Map<Long, Integer> attempts = new HashMap<>();

    /** What is thrown at each attempt to deliver the row of that id; nothing if it is missing. */
    private final Map<Long, Supplier<Throwable>> failures = new HashMap<>();

    private @Nullable RuntimeException whenParking;
    private long nanos;
    private OrderedRetries lanes = lanes(64, DataSize.ofMegabytes(1));

    @Test
    void aRowThatFailsIsTriedAgainAfterItsPauseAndTheRestFollowsInOrder() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("not yet"));
        take(1, "a");
        take(2, "a");
        take(3, "b");
        take(4, "a");
        elapse(DELAY.minusMillis(1));
        assertThat(delivered).containsExactly(3L);

        failures.clear();
        elapse(Duration.ofMillis(1));
        assertThat(delivered).containsExactly(3L, 1L, 2L, 4L);
        assertThat(attempts).containsEntry(1L, 2).containsEntry(2L, 1);

        take(5, "a");
        assertThat(delivered).endsWith(5L);
    }

    @Test
    void pausesDoubleAndARowIsParkedAfterItsLastAttempt() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("never"));
        take(1, "a");
        take(2, "a");
        elapse(DELAY.multipliedBy(15).minusMillis(1));
        assertThat(attempts).containsEntry(1L, 4);
        assertThat(parked).isEmpty();

        elapse(Duration.ofMillis(1));
        assertThat(attempts).containsEntry(1L, 5);
        assertThat(parked).containsExactly(1L);
        assertThat(delivered).containsExactly(2L);
    }

    @Test
    void whatCanNeverPassIsParkedAtOnce() throws InterruptedException {
        failures.put(1L, () -> new UndeliverableException("no message"));
        take(1, "a");
        take(2, "a");

        assertThat(parked).containsExactly(1L);
        assertThat(delivered).containsExactly(2L);
    }

    @Test
    void whatCanNeverPassIsParkedInItsTurnInALane() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("not yet"));
        failures.put(2L, () -> new UndeliverableException("no message"));
        take(1, "a");
        take(2, "a");
        take(3, "a");
        assertThat(parked).isEmpty();

        failures.remove(1L);
        elapse(DELAY);
        assertThat(delivered).containsExactly(1L, 3L);
        assertThat(parked).containsExactly(2L);
    }

    @Test
    void afterAParkedRowTheNextOnesGetOneAttemptUntilOneSucceeds() throws InterruptedException {
        lanes = lanes(256, DataSize.ofMegabytes(1));
        for (long id : new long[] {1, 2, 3, 5, 7}) {
            failures.put(id, () -> new IllegalStateException("never"));
        }
        take(1, "a");
        take(2, "a");
        take(3, "a");
        take(4, "a");
        take(5, "a");
        elapse(DELAY.multipliedBy(15));
        assertThat(parked).containsExactly(1L, 2L, 3L);
        assertThat(attempts).containsEntry(1L, 5).containsEntry(2L, 1).containsEntry(3L, 1);
        assertThat(delivered).containsExactly(4L);

        elapse(DELAY.multipliedBy(15));
        assertThat(parked).containsExactly(1L, 2L, 3L, 5L);
        assertThat(attempts).as("after a success").containsEntry(5L, 5);

        take(7, "a");
        assertThat(parked).as("also when the lane is gone").endsWith(7L);
        assertThat(attempts).containsEntry(7L, 1);

        take(8, "a");
        failures.put(9L, () -> new IllegalStateException("never"));
        take(9, "a");
        assertThat(parked).doesNotContain(9L);
    }

    @Test
    void aLaneThatOutgrowsItsShareWaitsNoLonger() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("never"));
        for (long id = 1; id <= 4; id++) {
            take(id, "a");
        }
        elapse(Duration.ZERO);
        assertThat(parked).as("a sixteenth of 64").isEmpty();

        take(5, "a");
        elapse(Duration.ZERO);
        assertThat(parked).containsExactly(1L);
        assertThat(delivered).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void lanesThatTogetherOutgrowTheirShareMakeRoomInOrderOfTheirRetries() throws InterruptedException {
        for (long id = 1; id <= 32; id++) {
            failures.put(id, () -> new IllegalStateException("never"));
            take(id, "key " + id);
            nanos++;
        }
        elapse(Duration.ZERO);
        assertThat(parked).as("half of 64").isEmpty();

        failures.put(33L, () -> new IllegalStateException("never"));
        take(33, "key 33");
        elapse(Duration.ZERO);
        assertThat(parked).containsExactly(1L);
    }

    @Test
    void bytesCountAsRowsDo() throws InterruptedException {
        lanes = lanes(64, DataSize.ofKilobytes(64));
        failures.put(1L, () -> new IllegalStateException("never"));
        take(1, "a");
        elapse(Duration.ZERO);
        assertThat(parked).isEmpty();

        failures.put(2L, () -> new IllegalStateException("never"));
        take(new OutboxRow(2, "t", "b", "x".repeat(20_000), "{}", "", 0, null, Instant.EPOCH));
        elapse(Duration.ZERO);
        assertThat(parked).contains(1L);
    }

    @Test
    void anErrorIsAFailureLikeAnyOther() throws InterruptedException {
        failures.put(1L, StackOverflowError::new);
        failures.put(2L, OutOfMemoryError::new);
        take(1, "a");
        take(2, "a");
        take(3, "a");
        elapse(DELAY.multipliedBy(15));

        assertThat(parked).containsExactly(1L, 2L);
        assertThat(delivered).containsExactly(3L);
    }

    @Test
    void aLaneIsLeftToTheNextEngineWhenNothingCanBeDelivered() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("not yet"));
        take(1, "a");
        take(2, "a");
        failures.put(1L, () -> new SinkDownException("no broker"));
        elapse(DELAY);
        assertThat(abandoned).containsExactly(1L, 2L);

        failures.clear();
        take(1, "a");
        assertThat(delivered).containsExactly(1L);
    }

    @Test
    void aRowThatCannotBeParkedNowIsLeftToTheNextEngine() throws InterruptedException {
        whenParking = new SinkDownException("no broker");
        failures.put(1L, () -> new UndeliverableException("no message"));
        assertThatThrownBy(() -> take(1, "a")).isSameAs(whenParking);

        failures.put(2L, () -> new IllegalStateException("never"));
        take(2, "b");
        take(3, "b");
        elapse(DELAY.multipliedBy(15));
        assertThat(parked).isEmpty();
        assertThat(abandoned).containsExactly(2L, 3L);
    }

    @Test
    void abandonsAllLanes() throws InterruptedException {
        failures.put(1L, () -> new IllegalStateException("not yet"));
        failures.put(2L, () -> new IllegalStateException("not yet"));
        take(1, "a");
        take(2, "b");
        lanes.abandon();
        assertThat(abandoned).containsExactlyInAnyOrder(1L, 2L);

        elapse(DELAY.multipliedBy(15));
        assertThat(attempts).containsEntry(1L, 1).containsEntry(2L, 1);
    }

    @Test
    void aThousandBadKeysOfTwentyRowsEachAreParkedInOrder() throws InterruptedException {
        lanes = lanes(4_096, DataSize.ofMegabytes(32));
        long id = 0;
        for (int round = 0; round < 20; round++) {
            for (int key = 0; key < 1_000; key++) {
                failures.put(++id, () -> new IllegalStateException("never"));
                take(id, "key " + key);
                elapse(Duration.ZERO);
            }
        }
        assertThat(id - parked.size()).as("rows that hold permits").isLessThanOrEqualTo(2_048);
        elapse(DELAY.multipliedBy(15));
        assertThat(parked).hasSize(20_000);
        for (int key = 0; key < 1_000; key++) {
            int of = key;
            assertThat(parked.stream().filter(row -> row % 1_000 == (of + 1) % 1_000))
                    .isSorted();
        }
    }

    private OrderedRetries lanes(int maxUnsettled, DataSize maxBytes) {
        var settings =
                new DeliverySettings(Duration.ofMillis(25), maxUnsettled, maxBytes, DataSize.ofMegabytes(16), 5, DELAY);
        return new OrderedRetries(new Table(), settings, new SimpleMeterRegistry(), () -> nanos);
    }

    private void take(long id, String key) throws InterruptedException {
        take(new OutboxRow(id, "t", key, "{}", "{}", "", 0, null, Instant.EPOCH));
    }

    /** As the engine's thread does. */
    private void take(OutboxRow row) throws InterruptedException {
        var delivery = new InFlightRow(row, new Ended(row.id()));
        if (lanes.queueBehind(delivery)) {
            return;
        }
        Throwable failure = attempt(delivery);
        if (failure == null) {
            lanes.succeeded(row.eventKey());
        } else {
            lanes.failed(delivery, failure);
        }
    }

    /** Lets time pass as the retry thread sees it. */
    private void elapse(Duration time) throws InterruptedException {
        long end = nanos + time.toNanos();
        lanes.runDue();
        while (nanos < end) {
            nanos = Math.min(end, nanos + Duration.ofMillis(1).toNanos());
            lanes.runDue();
        }
    }

    private @Nullable Throwable attempt(InFlightRow delivery) {
        long id = delivery.id();
        attempts.merge(id, 1, Integer::sum);
        if (failures.containsKey(id)) {
            return failures.get(id).get();
        }
        delivered.add(id);
        return null;
    }

    private final class Table implements OrderedRetries.Attempts {

        @Override
        public void deliver(InFlightRow delivery) {
            Throwable failure = attempt(delivery);
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }

        @Override
        public void giveUp(InFlightRow delivery) {
            if (whenParking != null) {
                throw whenParking;
            }
            parked.add(delivery.id());
        }
    }

    private final class Ended extends Nobody {

        private final long id;

        Ended(long id) {
            this.id = id;
        }

        @Override
        public void abandoned() {
            abandoned.add(id);
        }
    }
}
