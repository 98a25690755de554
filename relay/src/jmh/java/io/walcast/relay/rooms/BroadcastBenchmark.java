package io.walcast.relay.rooms;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One message to everyone in a room, who take it and do nothing: what the room itself costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BroadcastBenchmark {

    private static final WireFormat<String> FORMAT = (event, json) -> event + json;

    @Param({"10", "1000"})
    private int subscribers;

    private final UUID conversation = UUID.randomUUID();
    private Room room;
    private long seq;

    @Setup
    public void setUp() {
        // Everyone is live at once, so nothing is ever read from the table.
        var meters = new RoomMeters(new SimpleMeterRegistry());
        room = new Room(conversation, new CatchUp(null, null), new RoomSettings(0, 1), meters);
        var joined = new JoinResult.Joined(conversation, 0, 0, 0, "e1");
        for (int i = 0; i < subscribers; i++) {
            room.serve(room.enter(new Taker()), joined, 0, List.of(), () -> {});
        }
    }

    @Benchmark
    public long broadcast() {
        room.broadcast(RoomEvent.logged(conversation, seq, ++seq, seq, "message.created", "{}"), seq);
        return seq;
    }

    private static final class Taker implements Subscriber {

        String last;

        @Override
        public String userId() {
            return "ada";
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public boolean offer(RoomEvent event) {
            last = event.as(FORMAT);
            return true;
        }

        @Override
        public void sendVolatile(RoomEvent event) {}

        @Override
        public void whenDrained(Runnable action) {}

        @Override
        public void resync(UUID conversationId, long after, long pos) {}

        @Override
        public void evicted(UUID conversationId) {}
    }
}
