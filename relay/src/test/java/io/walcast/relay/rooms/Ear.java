package io.walcast.relay.rooms;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A connection that takes down what it is told, as long as it has room. */
final class Ear implements Subscriber {

    private static final WireFormat<String> FORMAT = (event, json) -> event + json;

    final List<Long> seqs = new ArrayList<>();
    final List<Long> places = new ArrayList<>();
    final List<String> notices = new ArrayList<>();
    int evictions;
    int resyncs;
    int room = Integer.MAX_VALUE;
    boolean gone;

    @Nullable
    RuntimeException failure;

    private final String userId;
    private final List<Runnable> waiting = new ArrayList<>();

    Ear(String userId) {
        this.userId = userId;
    }

    /** The queue has that much room again. */
    void drain(int events) {
        room = events;
        List<Runnable> actions = List.copyOf(waiting);
        waiting.clear();
        actions.forEach(Runnable::run);
    }

    @Override
    public String userId() {
        return userId;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public boolean offer(RoomEvent event) {
        if (failure != null) {
            throw failure;
        }
        if (room == 0) {
            return false;
        }
        room--;
        if (event.pos() > 0) {
            places.add(event.pos());
        }
        if (event.seq() > 0) {
            seqs.add(event.seq());
        } else {
            notices.add(event.as(FORMAT));
        }
        return true;
    }

    @Override
    public void sendVolatile(RoomEvent event) {
        notices.add(event.as(FORMAT));
    }

    @Override
    public void whenDrained(Runnable action) {
        waiting.add(action);
    }

    @Override
    public void resync(UUID conversationId, long after, long pos) {
        resyncs++;
    }

    @Override
    public void evicted(UUID conversationId) {
        evictions++;
    }
}
