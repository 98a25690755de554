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
 * How far one connection is in each of its rooms, as the string that its client gives back to be served from there: the
 * <em>offset</em>. The server keeps nothing for a client that is gone.
 *
 * <p>An offset names a history and up to {@link #MAX_ROOMS} rooms, 24 bytes each. With more rooms, or after a change of
 * history, there is {@link #NONE}, from which nothing can be resumed.
 *
 * <p>Thread-safe. What is sent is queued within the lock, so that offsets arrive in the order in which they were true.
 */
final class Positions {

    static final int MAX_ROOMS = 32;

    /** Replaces an offset that the client still has and that is no longer all of the truth. */
    static final String NONE = "-";

    private static final int ROOM_BYTES = 3 * Long.BYTES;
    private static final char EPOCH_END = '.';

    private final Map<UUID, Long> seqs = new LinkedHashMap<>();
    private @Nullable String epoch;
    private boolean lost;

    /** Reads an offset; null if it was not made here or nothing can be resumed from it. */
    static @Nullable Positions of(String offset) {
        int epochEnd = offset.indexOf(EPOCH_END);
        if (epochEnd <= 0) {
            return null;
        }
        var positions = new Positions();
        positions.epoch = offset.substring(0, epochEnd);
        try {
            ByteBuffer rooms = ByteBuffer.wrap(Base64.getUrlDecoder().decode(offset.substring(epochEnd + 1)));
            while (rooms.hasRemaining()) {
                positions.seqs.put(new UUID(rooms.getLong(), rooms.getLong()), rooms.getLong());
            }
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return null;
        }
        boolean possible = positions.seqs.size() <= MAX_ROOMS
                && positions.seqs.values().stream().allMatch(seq -> seq >= 0);
        return possible ? positions : null;
    }

    /** Where the client is, by conversation. */
    synchronized Map<UUID, Long> seqs() {
        return new LinkedHashMap<>(seqs);
    }

    /** The history of all positions; null while there are none. */
    synchronized @Nullable String epoch() {
        return epoch;
    }

    /** @param tell sends the new offset */
    synchronized void enter(UUID conversationId, long seq, String roomEpoch, Consumer<String> tell) {
        lost |= epoch != null && !epoch.equals(roomEpoch);
        epoch = roomEpoch;
        seqs.put(conversationId, seq);
        tell.accept(offset());
    }

    /** @param tell sends the new offset */
    synchronized void leave(UUID conversationId, Consumer<String> tell) {
        if (seqs.remove(conversationId) != null) {
            tell.accept(offset());
        }
    }

    /**
     * Moves on by a message, if that can be sent.
     *
     * @param send sends the message with this offset
     */
    synchronized boolean advance(RoomEvent message, Predicate<String> send) {
        Long before = seqs.replace(message.conversationId(), message.seq());
        if (send.test(offset())) {
            return true;
        }
        if (before != null) {
            seqs.put(message.conversationId(), before);
        }
        return false;
    }

    private String offset() {
        if (epoch == null || lost || seqs.size() > MAX_ROOMS) {
            return NONE;
        }
        ByteBuffer rooms = ByteBuffer.allocate(seqs.size() * ROOM_BYTES);
        seqs.forEach((conversationId, seq) -> rooms.putLong(conversationId.getMostSignificantBits())
                .putLong(conversationId.getLeastSignificantBits())
                .putLong(seq));
        return epoch + EPOCH_END + Base64.getUrlEncoder().withoutPadding().encodeToString(rooms.array());
    }
}
