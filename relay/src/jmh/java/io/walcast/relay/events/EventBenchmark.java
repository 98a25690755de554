package io.walcast.relay.events;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the row to the event for its room. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventBenchmark {

    private static final String CONVERSATION = "0190a6f0-0000-7000-8000-000000000001";

    /** Length of what the user wrote. */
    @Param({"200", "16384"})
    private int content;

    private String payload;

    @Setup
    public void setUp() {
        payload = """
                {"pos": 42, "from": 41, "message": {"id": "0190a6f0-0000-7000-8000-000000000002", "seq": 42, "type": "TEXT", \
                "content": "%s", "parentId": null, "senderId": "ada", \
                "createdAt": "2026-01-01T00:00:00.000000Z", "conversationId": "%s"}, \
                "messageId": "0190a6f0-0000-7000-8000-000000000002", "conversationId": "%s"}"""
                .formatted("x".repeat(content), CONVERSATION, CONVERSATION);
    }

    @Benchmark
    public EventKind.Event rowToEvent() {
        return ChatEvent.MESSAGE_CREATED.decode(CONVERSATION, payload);
    }
}
