package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.wal.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.util.unit.DataSize;

class MarksTest {

    private final Table table = new Table();
    private final AtomicInteger settled = new AtomicInteger();
    private final Marks marks = new Marks(
            table,
            new MessageStages(new StageTimers(new SimpleMeterRegistry())),
            new CanaryRows(),
            new DeliverySettings(
                    Duration.ofMillis(1),
                    4_096,
                    DataSize.ofMegabytes(32),
                    DataSize.ofMegabytes(16),
                    5,
                    Duration.ofMillis(50)));

    @AfterEach
    void stop() {
        marks.stop();
    }

    @Test
    void marksAndParksABatchInOneStatementEach() {
        List<InFlightRow> rows = add(1, 500);
        List<InFlightRow> poison = add(501, 900);
        poison.forEach(MarksTest::giveUp);
        marks.start();

        await().until(() -> settled.get() == 900);
        assertThat(table.published).hasSize(500);
        assertThat(table.parked).hasSize(400);
        assertThat(table.statements).containsExactly("publish 500", "park 400");
        assertThat(rows).allMatch(InFlightRow::settled);
        assertThat(poison).allMatch(InFlightRow::settled);
    }

    @Test
    void aBatchHasAThousandRows() {
        add(1, 2_500);
        marks.start();

        await().until(() -> settled.get() == 2_500);
        assertThat(table.statements).containsExactly("publish 1000", "publish 1000", "publish 500");
    }

    @Test
    void rowsWithMoreAttemptsAreMarkedWithThem() {
        add(1, 2);
        add(3, 3).forEach(InFlightRow::tryAgain);
        marks.start();

        await().until(() -> settled.get() == 3);
        assertThat(table.statements).containsExactlyInAnyOrder("publish 2", "publish 1");
    }

    @Test
    void whatCannotBeWrittenIsWrittenAgainAlsoAfterAnError() {
        table.failures.add(() -> new QueryTimeoutException("no answer"));
        table.failures.add(() -> new OutOfMemoryError("on purpose"));
        table.failures.add(() -> new IllegalStateException("a bug"));
        add(1, 10);
        marks.start();

        await().until(() -> settled.get() == 10);
        assertThat(table.published).hasSize(10);
    }

    @Test
    void whatIsNotVisibleYetIsMarkedOnceItIs() {
        table.invisible.add(2L);
        List<InFlightRow> rows = add(1, 3);
        marks.start();

        await().until(() -> settled.get() == 2);
        assertThat(rows.get(1).settled()).isFalse();
        table.show(2L);
        await().until(() -> settled.get() == 3);
        assertThat(table.published).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void aRowThatWasDeletedIsSettledWhenAllTransactionsOfItsTimeHaveEnded() {
        table.invisible.add(1L);
        List<InFlightRow> rows = add(1, 1);
        marks.start();

        await().until(() -> table.lookedFor.get() >= 3);
        assertThat(rows.get(0).settled()).isFalse();
        table.oldest = 1_000;
        await().until(() -> rows.get(0).settled());
    }

    @Test
    void writesWhatIsQueuedBeforeItStops() {
        marks.start();
        add(1, 3_000);
        marks.stop();

        assertThat(settled).hasValue(3_000);
    }

    private List<InFlightRow> add(long from, long to) {
        List<InFlightRow> added = LongStream.rangeClosed(from, to)
                .mapToObj(id -> new InFlightRow(
                        new OutboxRow(id, "t", "k", "{}", "{}", "", 0, null, Instant.EPOCH), new Settled()))
                .toList();
        added.forEach(marks::add);
        return added;
    }

    private static void giveUp(InFlightRow delivery) {
        delivery.failed(new UndeliverableException("no message"));
        delivery.giveUp();
    }

    private final class Settled extends Nobody {

        @Override
        public void settled() {
            settled.incrementAndGet();
        }
    }

    /** An outbox in memory. */
    private static final class Table implements MarkStatements {

        private final List<String> statements = new ArrayList<>();
        private final Set<Long> published = new HashSet<>();
        private final Set<Long> parked = new HashSet<>();
        private final Set<Long> invisible = new HashSet<>();
        private final Queue<Supplier<Throwable>> failures = new ArrayDeque<>();
        private final AtomicInteger lookedFor = new AtomicInteger();
        private volatile long oldest = 1;

        @Override
        public synchronized int publish(Collection<Long> ids, int attempts) {
            fail();
            statements.add("publish " + ids.size());
            return add(published, ids);
        }

        @Override
        public synchronized int park(Collection<InFlightRow> deliveries) {
            statements.add("park " + deliveries.size());
            return add(parked, deliveries.stream().map(InFlightRow::id).toList());
        }

        @Override
        public synchronized Set<Long> marked(Collection<Long> ids) {
            lookedFor.incrementAndGet();
            Set<Long> marked = new HashSet<>(published);
            marked.addAll(parked);
            marked.retainAll(ids);
            return marked;
        }

        @Override
        public Transactions transactions() {
            return new Transactions(oldest, 100);
        }

        synchronized void show(long id) {
            invisible.remove(id);
        }

        private int add(Set<Long> marked, Collection<Long> ids) {
            int before = marked.size();
            ids.stream().filter(id -> !invisible.contains(id)).forEach(marked::add);
            return marked.size() - before;
        }

        private void fail() {
            Supplier<Throwable> failure = failures.poll();
            if (failure == null) {
                return;
            }
            if (failure.get() instanceof Error error) {
                throw error;
            }
            if (failure.get() instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
