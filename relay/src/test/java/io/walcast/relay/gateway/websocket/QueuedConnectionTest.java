package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

/** A connection between its senders and a network that takes what the test says, when the test says so. */
class QueuedConnectionTest {

    private static final Frame FRAME = Frame.text("x".repeat(68));

    /** What a frame counts in the queue. */
    private static final int COST = 100;

    private static final int MOST = 10;
    private static final int URGENT = 3;

    private final TransportContext context = new TransportContext(new TransportSettings(
            TransportKind.DIRECT,
            DataSize.ofKilobytes(100),
            DataSize.ofBytes(MOST * COST),
            DataSize.ofMegabytes(1),
            DataSize.ofMegabytes(1),
            DataSize.ofBytes(URGENT * COST),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            1));
    private final List<CloseStatus> told = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();
    private final ManualConnection connection = new ManualConnection(context, told::add, () -> steps.add("end"));

    @AfterEach
    void stopThreads() {
        context.threads().close();
    }

    @Test
    void onlyTheSenderThatFindsItIdleStartsTheWriting() {
        for (int i = 0; i < 3; i++) {
            assertThat(connection.send(FRAME)).isTrue();
        }
        assertThat(connection.starts).isOne();

        connection.write(1_000);
        assertThat(connection.busy).isFalse();
        connection.send(FRAME);
        assertThat(connection.starts).isEqualTo(2);
    }

    @Test
    void refusesWhatDoesNotFitAndTellsOnceWhenThereIsRoom() {
        fill();
        assertThat(connection.send(FRAME)).isFalse();
        connection.whenDrained(() -> steps.add("replaced"));
        connection.whenDrained(() -> steps.add("drained"));

        connection.write(5 * FRAME.wireBytes());
        assertThat(steps).as("half of it is left").isEmpty();
        connection.write(3 * FRAME.wireBytes());
        assertThat(steps).containsExactly("drained");
        connection.write(1_000);
        assertThat(steps).containsExactly("drained");
        connection.whenDrained(() -> steps.add("at once"));
        assertThat(steps).containsExactly("drained", "at once");
    }

    @Test
    void aClientThatLeavesNoRoomForControlMessagesIsDisconnectedAsSlow() {
        fill();
        // A part of the first frame has left.
        connection.write(10);
        while (connection.isOpen()) {
            connection.sendUrgent(List.of(FRAME));
        }
        assertThat(connection.queue.bytes())
                .as("what has begun to leave, and the close frame")
                .isLessThan(2 * COST);
        assertThat(context.budget().slowClients()).isOne();
        assertThat(connection.send(FRAME)).isFalse();

        connection.write(1_000);
        connection.end(QueuedConnection.BROKEN);
        assertThat(told).containsExactly(CloseStatus.POLICY_VIOLATION.withReason("slow_client"));
    }

    @Test
    void closesAfterWhatIsQueuedAndGivesUpWhenThatDoesNotLeave() {
        connection.send(FRAME);
        connection.whenDrained(() -> {});
        connection.close(1001, "going_away");
        connection.close(4000, "too late");
        assertThat(connection.send(FRAME)).isFalse();
        assertThat(connection.ping()).isFalse();
        connection.whenDrained(() -> steps.add("drained"));
        assertThat(connection.later).hasSize(1);

        connection.later.remove().run();
        assertThat(told).containsExactly(new CloseStatus(1001, "going_away"));
        assertThat(steps).containsExactly("drop", "end");
        assertThat(context.budget().used()).isZero();
    }

    @Test
    void aCloseFrameThatHasLeftIsGivenTimeForItsAnswer() {
        connection.close(1001, "going_away");
        connection.write(1_000);
        connection.later.remove().run();
        assertThat(told).isEmpty();
    }

    @Test
    void endsOnceWithTheFirstCause() {
        fill();
        connection.abort();
        assertThat(told).as("nobody is told by the thread that aborts").isEmpty();
        connection.end(new CloseStatus(1000));
        connection.apart.remove().run();

        assertThat(told).containsExactly(new CloseStatus(1000));
        assertThat(steps).containsExactly("drop", "end", "drop");
        assertThat(context.budget().used()).isZero();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void asksForAPongOnlyWhereNothingElseShowsThatTheClientReads() {
        assertThat(connection.ping()).isTrue();
        assertThat(connection.starts).isOne();
        assertThat(connection.ping()).as("the first has not left").isFalse();
        connection.write(1_000);
        assertThat(connection.ping()).isTrue();
    }

    private void fill() {
        for (int i = 0; i < MOST; i++) {
            assertThat(connection.send(FRAME)).isTrue();
        }
    }

    /** The network's side, driven by the test. */
    private final class ManualConnection extends QueuedConnection {

        final Queue<Runnable> apart = new ArrayDeque<>();
        final Queue<Runnable> later = new ArrayDeque<>();
        int starts;

        ManualConnection(TransportContext context, Consumer<CloseStatus> onClosed, Runnable onEnd) {
            super(context, onClosed, onEnd);
        }

        /** The network takes that many bytes. */
        void write(int bytes) {
            ByteBuffer taken = ByteBuffer.allocate(bytes);
            Runnable drained;
            synchronized (lock) {
                queue.copyTo(taken);
                left(taken.position());
                busy = !queue.isEmpty();
                closeFrameSent = closing != null && !busy;
                drained = takeDrained();
            }
            if (drained != null) {
                drained.run();
            }
        }

        @Override
        void startWriting() {
            assertThat(Thread.holdsLock(lock)).isFalse();
            starts++;
        }

        @Override
        void apart(Runnable task) {
            apart.add(task);
        }

        @Override
        void apartLater(Runnable task) {
            later.add(task);
        }

        @Override
        void drop() {
            steps.add("drop");
        }

        @Override
        void checkTime(long now) {}

        @Override
        long stuckBytes() {
            return 0;
        }
    }
}
