package io.walcast.relay.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SendQueueTest {

    private final SendBudget budget = new SendBudget(1_000_000);
    private final SendQueue queue = new SendQueue(1_000, budget);

    @Test
    void countsAMessageUntilItsWriteHasCompleted() {
        queue.offer(List.of(frame(100)), 0);
        long waiting = queue.bytes();
        assertThat(waiting).isBetween(100L, 200L);

        assertThat(queue.next()).isNotNull();
        assertThat(queue.bytes()).isEqualTo(waiting);
        assertThat(queue.isEmpty()).isFalse();

        queue.completed();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void givesOneMessageAtATimeInOrder() {
        Frame first = frame(1);
        Frame second = frame(2);
        queue.offer(List.of(first, second), 0);

        assertThat(queue.next()).isSameAs(first);
        assertThat(queue.next()).isNull();
        queue.completed();
        assertThat(queue.next()).isSameAs(second);
        queue.completed();
        assertThat(queue.next()).isNull();
    }

    @Test
    void takesAllMessagesOfAGroupOrNone() {
        queue.offer(List.of(frame(600)), 0);
        long before = queue.bytes();

        assertThat(queue.offer(List.of(frame(1), frame(600)), 0)).isFalse();
        assertThat(queue.bytes()).isEqualTo(before);
        assertThat(queue.offer(List.of(frame(1), frame(600)), 1_000)).isTrue();
    }

    @Test
    void takesAnyMessageWhileEmpty() {
        assertThat(queue.offer(List.of(frame(5_000)), 0)).isTrue();
        assertThat(queue.offer(List.of(frame(0)), 0)).isFalse();
    }

    @Test
    void boundsEmptyMessagesToo() {
        int taken = 0;
        while (queue.offer(List.of(frame(0)), 0)) {
            taken++;
        }
        assertThat(taken).isLessThan(100);
    }

    @Test
    void isLowAtAQuarter() {
        queue.offer(List.of(frame(400)), 0);
        queue.offer(List.of(frame(100)), 0);
        assertThat(queue.isLow()).isFalse();
        queue.next();
        queue.completed();
        assertThat(queue.isLow()).isTrue();
    }

    @Test
    void forgetsWhatWaitsButNotWhatIsBeingWritten() {
        queue.offer(List.of(frame(100), frame(100)), 0);
        queue.next();
        queue.clear();
        assertThat(queue.bytes()).isBetween(100L, 199L);
        queue.completed();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void givesEveryByteBackInTheEnd() {
        queue.offer(List.of(frame(100), frame(100)), 0);
        queue.next();
        queue.end();
        assertThat(budget.used()).isZero();
        queue.completed();
        assertThat(budget.used()).isZero();
    }

    private static Frame frame(int bytes) {
        return Frame.binary(new byte[bytes]);
    }
}
