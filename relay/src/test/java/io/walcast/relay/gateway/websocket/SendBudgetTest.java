package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendBudgetTest {

    private static final int LIMIT = 100_000;
    private static final Frame FRAME = Frame.text("x".repeat(68));
    private static final int COST = 100;

    private final SendBudget budget = new SendBudget(LIMIT);

    @Test
    void clientsThatStoppedReadingShareItAndLeaveRoomForOneThatReads() {
        List<SendQueue> stuck = queues(9);
        boolean taken = true;
        while (taken) {
            taken = false;
            for (SendQueue queue : stuck) {
                taken |= queue.offer(List.of(FRAME), 0);
            }
        }
        assertThat(budget.used()).isBetween((long) (LIMIT * 0.6), (long) (LIMIT * 0.75));
        assertThat(stuck).allSatisfy(queue -> assertThat(queue.bytes()).isBetween(6_700L, 8_300L));
        assertThat(new SendQueue(LIMIT, budget).offer(List.of(FRAME), 0)).isTrue();
    }

    /** Each takes half of what the one before has left, and what it has taken never drains. */
    @Test
    void leavesRoomForOneThatReadsAlsoWhenTheOthersStopOneAfterTheOther() {
        Frame frame = Frame.text("x".repeat(4_000));
        for (SendQueue stuck : queues(10)) {
            boolean taken = true;
            while (taken) {
                taken = stuck.offer(List.of(frame), 0);
            }
        }
        var reader = new SendQueue(LIMIT, budget);
        for (int message = 0; message < 1_000; message++) {
            assertThat(reader.offer(List.of(frame), 0)).isTrue();
            assertThat(reader.left(frame.wireBytes())).isTrue();
        }
        assertThat(budget.wasExhausted()).isFalse();
    }

    @Test
    void tellsWhenNothingIsLeftEvenForOneThatReads() {
        budget.overdraw(LIMIT);
        assertThat(budget.isScarce()).isTrue();
        assertThat(budget.take(COST, 1)).isFalse();
        assertThat(budget.wasExhausted()).isFalse();
        assertThat(budget.take(COST, 0)).isFalse();
        assertThat(budget.wasExhausted()).isTrue();
        assertThat(budget.wasExhausted()).isFalse();
        budget.release(LIMIT);
        assertThat(budget.isScarce()).isFalse();
    }

    @Test
    void isNeverPassedButByTheMarginOfEach() {
        List<SendQueue> queues = queues(20);
        for (int round = 0; round < 1_000; round++) {
            queues.forEach(queue -> queue.offer(List.of(FRAME), 0));
        }
        assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
        for (int round = 0; round < 1_000; round++) {
            queues.forEach(queue -> queue.offer(List.of(FRAME), 10 * COST));
        }
        assertThat(budget.used()).isLessThanOrEqualTo(LIMIT + 20 * 10 * COST);
    }

    @Test
    void leavesTheMarginToALongQueueWhenNothingIsFreeAnyMore() {
        var longQueue = new SendQueue(LIMIT, budget);
        for (int bytes = 0; bytes < LIMIT / 3; bytes += COST) {
            assertThat(longQueue.offer(List.of(FRAME), 0)).isTrue();
        }
        budget.overdraw(LIMIT - budget.used());

        assertThat(longQueue.offer(List.of(FRAME), 2 * COST)).isTrue();
        assertThat(longQueue.offer(List.of(FRAME), 2 * COST)).isTrue();
        assertThat(longQueue.offer(List.of(FRAME), 2 * COST)).isFalse();
    }

    @Test
    void getsBackWhatWasWrittenAndWhatWasDropped() {
        var queue = new SendQueue(LIMIT, budget);
        queue.offer(List.of(FRAME, FRAME, FRAME), 0);
        queue.copyTo(ByteBuffer.allocate(10));
        queue.clear();
        assertThat(budget.used()).isEqualTo(COST);
        queue.left(10);
        queue.left(FRAME.wireBytes() - 10);
        assertThat(budget.used()).isZero();
    }

    private List<SendQueue> queues(int count) {
        List<SendQueue> queues = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            queues.add(new SendQueue(LIMIT, budget));
        }
        return queues;
    }
}
