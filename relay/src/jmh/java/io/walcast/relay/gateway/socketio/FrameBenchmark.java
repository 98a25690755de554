package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the event to the frame for all clients of Socket.IO: once a message, or once an offset where they recover. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {

    private static final String OFFSET = "A".repeat(80);

    /** Length of what the user wrote. */
    @Param({"200", "16384"})
    private int content;

    private String json;

    @Setup
    public void setUp() {
        json = "{\"message\":{\"id\": \"0190a6f0-0000-7000-8000-000000000002\", \"seq\": 42, \"content\": \"%s\"}}"
                .formatted("x".repeat(content));
    }

    @Benchmark
    public List<Frame> eventToFrame() {
        return EventFrame.of("message.created", json).frames(Packet.ROOT, null, null);
    }

    @Benchmark
    public List<Frame> eventToFrameWithOffset() {
        return EventFrame.of("message.created", json).frames(Packet.ROOT, null, OFFSET);
    }
}
