package io.walcast.relay.rooms;

import java.util.List;
import java.util.UUID;

/**
 * Numbers of the subscriptions of this process.
 *
 * @param rooms rooms with a subscription
 * @param connections connections, each counted once for each of its rooms
 * @param largest the rooms with the most connections, the largest first
 */
public record RoomStats(int rooms, long connections, List<Size> largest) {

    /** @param newest seq of the newest message that was broadcast here; 0 if none was lately */
    public record Size(UUID conversationId, int connections, long newest) {}
}
