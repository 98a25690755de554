package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Through the queue of one connection into the buffer that is written: for each message, without the system call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {

    private static final int BATCH = 16;

    private final List<Frame> frame = List.of(Frame.text("x".repeat(400)));
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private final SendQueue queue = new SendQueue(256 << 10, new SendBudget(128 << 20));

    @Benchmark
    public boolean oneByOne() {
        return queue.offer(frame, 0) && writes();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public boolean inBatches() {
        for (int i = 0; i < BATCH; i++) {
            if (!queue.offer(frame, 0)) {
                return false;
            }
        }
        return writes();
    }

    private boolean writes() {
        queue.copyTo(buffer.clear());
        return queue.left(buffer.position());
    }
}
