package io.walcast.relay.rooms;

import java.util.List;
import java.util.UUID;

/**
 * The subscriptions on this process.
 *
 * @param rooms conversations that somebody listens to
 * @param connections how many listen, counted once for each room that they are in
 * @param largest the rooms with the most connections, those first
 */
public record RoomStats(int rooms, long connections, List<Size> largest) {

    /** @param newest seq of the newest message that was broadcast here; 0 if none was lately */
    public record Size(UUID conversationId, int connections, long newest) {}
}
