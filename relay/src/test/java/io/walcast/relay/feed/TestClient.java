package io.walcast.relay.feed;

import io.walcast.relay.rooms.RoomEvent;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told, and takes no more than it has room for. */
final class TestClient implements FeedClient {

    private final String userId;
    private final List<String> told = new ArrayList<>();
    private final List<Runnable> drains = new ArrayList<>();
    private int room = Integer.MAX_VALUE;

    TestClient(String userId) {
        this.userId = userId;
    }

    /** Takes so many events from now on. */
    void hasRoomFor(int events) {
        room = events;
        if (events > 0) {
            List<Runnable> due = List.copyOf(drains);
            drains.clear();
            due.forEach(Runnable::run);
        }
    }

    /** What it was told since the last time. */
    List<String> told() {
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    @Override
    public String userId() {
        return userId;
    }

    @Override
    public boolean isGone() {
        return false;
    }

    @Override
    public boolean offer(RoomEvent event) {
        if (room == 0) {
            return false;
        }
        room--;
        told.add(event.as((name, json) -> name + " " + json));
        return true;
    }

    @Override
    public void whenDrained(Runnable action) {
        drains.add(action);
    }

    @Override
    public void tell(String event, String json) {
        told.add(event + " " + json);
    }
}
