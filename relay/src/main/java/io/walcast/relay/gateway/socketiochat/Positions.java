package io.walcast.relay.gateway.socketiochat;

import io.walcast.relay.rooms.RoomEvent;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How far one connection is in the log of each of its rooms, as the string that its client gives back to be served from there: the
 * <em>offset</em>. The server keeps nothing for a client that is gone.
 *
 * <p>An offset names a history and up to {@link #MAX_ROOMS} rooms, 24 bytes each. With more rooms, or after a change of
 * history, there is {@link #NONE}, from which nothing can be resumed. It begins with {@link #FORM}: the release that counted
 * messages only makes nothing of such an offset, and its own are not taken here.
 *
 * <p>The number of rooms is small because the offset comes with every event: 32 rooms take 1 KB, 1,000 would take 32 KB.
 *
 * <p>Thread-safe. What is sent is queued within the lock, so that offsets arrive in the order in which they were true.
 */
final class Positions {

    static final int MAX_ROOMS = 32;

    /** Replaces an offset that the client still has and that is no longer all of the truth. */
    static final String NONE = "-";

    private static final String FORM = "p.";

    private static final int ROOM_BYTES = 3 * Long.BYTES;
    private static final char EPOCH_END = '.';

    private final Map<UUID, Long> places = new LinkedHashMap<>();
    private @Nullable String epoch;
    private boolean lost;

    /** Reads an offset; null if it was not made here or nothing can be resumed from it. */
    static @Nullable Positions of(String offset) {
        int epochEnd = offset.indexOf(EPOCH_END, FORM.length());
        if (!offset.startsWith(FORM) || epochEnd <= FORM.length()) {
            return null;
        }
        var positions = new Positions();
        positions.epoch = offset.substring(FORM.length(), epochEnd);
        try {
            ByteBuffer rooms = ByteBuffer.wrap(Base64.getUrlDecoder().decode(offset.substring(epochEnd + 1)));
            while (rooms.hasRemaining()) {
                positions.places.put(new UUID(rooms.getLong(), rooms.getLong()), rooms.getLong());
            }
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return null;
        }
        boolean possible = positions.places.size() <= MAX_ROOMS
                && positions.places.values().stream().allMatch(pos -> pos >= 0);
        return possible ? positions : null;
    }

    /** Where the client is, by conversation. */
    synchronized Map<UUID, Long> places() {
        return new LinkedHashMap<>(places);
    }

    /** The history of all positions; null while there are none. */
    synchronized @Nullable String epoch() {
        return epoch;
    }

    /** @param tell sends the new offset */
    synchronized void enter(UUID conversationId, long pos, String roomEpoch, Consumer<String> tell) {
        lost |= epoch != null && !epoch.equals(roomEpoch);
        epoch = roomEpoch;
        places.put(conversationId, pos);
        tell.accept(offset());
    }

    /** @param tell sends the new offset */
    synchronized void leave(UUID conversationId, Consumer<String> tell) {
        if (places.remove(conversationId) != null) {
            tell.accept(offset());
        }
    }

    /**
     * Moves on by an event of the log, if that can be sent.
     *
     * @param send sends the event with this offset
     */
    synchronized boolean advance(RoomEvent event, Predicate<String> send) {
        Long before = places.replace(event.conversationId(), event.pos());
        if (send.test(offset())) {
            return true;
        }
        if (before != null) {
            places.put(event.conversationId(), before);
        }
        return false;
    }

    private String offset() {
        if (epoch == null || lost || places.size() > MAX_ROOMS) {
            return NONE;
        }
        ByteBuffer rooms = ByteBuffer.allocate(places.size() * ROOM_BYTES);
        places.forEach((conversationId, pos) -> rooms.putLong(conversationId.getMostSignificantBits())
                .putLong(conversationId.getLeastSignificantBits())
                .putLong(pos));
        return FORM
                + epoch
                + EPOCH_END
                + Base64.getUrlEncoder().withoutPadding().encodeToString(rooms.array());
    }
}
