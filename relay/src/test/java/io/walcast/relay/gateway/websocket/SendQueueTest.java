package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendQueueTest {

    private final SendBudget budget = new SendBudget(1_000_000);
    private final SendQueue queue = new SendQueue(1_000, budget);

    @Test
    void countsAMessageUntilAllOfItHasLeft() {
        queue.offer(List.of(frame(100)), 0);
        long waiting = queue.bytes();
        assertThat(waiting).isBetween(100L, 200L);

        assertThat(next(1_000)).isEqualTo(wire(frame(100)));
        assertThat(queue.bytes()).isEqualTo(waiting);
        assertThat(queue.left(101)).isFalse();
        assertThat(queue.bytes()).isEqualTo(waiting);

        assertThat(next(1_000)).hasSize(1);
        assertThat(queue.left(1)).isTrue();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void givesWhatWaitsInOrderAndAsMuchAsFits() {
        Frame first = Frame.text("first");
        Frame second = Frame.text("second");
        queue.offer(List.of(first, second), 0);

        assertThat(next(100)).isEqualTo(wire(first, second));
        queue.left(3);
        byte[] rest = next(6);
        assertThat(new String(rest, 0, 4)).isEqualTo("irst");
        assertThat(queue.left(6)).isTrue();
        assertThat(new String(next(100))).isEqualTo("second");
        assertThat(queue.left(6)).isTrue();
        assertThat(next(100)).isEmpty();
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
        queue.left(next(404).length);
        assertThat(queue.isLow()).isTrue();
    }

    @Test
    void forgetsWhatWaitsButNotWhatIsBeingWritten() {
        queue.offer(List.of(frame(100), frame(200), frame(300)), 0);
        next(110);
        queue.clear();
        assertThat(queue.bytes()).isBetween(300L, 400L);
        queue.left(110);
        assertThat(next(1_000)).hasSize(196);
        queue.left(196);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void putsTheAnswerToAPingAheadOfWhatWaitsAndBehindWhatIsBeingWritten() {
        Frame first = Frame.text("first");
        Frame second = Frame.text("second");
        queue.offer(List.of(first, second), 0);
        next(2);
        queue.addPong(Frame.pong(new byte[] {1}));
        queue.addPong(Frame.pong(new byte[] {2}));
        queue.left(2);

        byte[] wire = wire(first, Frame.pong(new byte[] {2}), second);
        assertThat(next(100)).isEqualTo(Arrays.copyOfRange(wire, 2, wire.length));
        queue.left(wire.length - 2);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void holdsNoMoreThanOneAnswerToAFloodOfPings() {
        for (int i = 0; i < 1_000; i++) {
            queue.addPong(Frame.pong(new byte[125]));
        }
        assertThat(queue.bytes()).isLessThan(200);
    }

    /** Starts to write this much. */
    private byte[] next(int most) {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        queue.copyTo(buffer);
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] wire(Frame... frames) {
        ByteBuffer buffer = ByteBuffer.allocate(1_000);
        for (Frame frame : frames) {
            frame.copy(0, buffer);
        }
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void givesEveryByteBackInTheEnd() {
        queue.offer(List.of(frame(100), frame(100)), 0);
        next(10);
        queue.drop();
        assertThat(budget.used()).isZero();
        queue.left(10);
        assertThat(budget.used()).isZero();
    }

    private static Frame frame(int bytes) {
        return Frame.binary(new byte[bytes]);
    }
}
