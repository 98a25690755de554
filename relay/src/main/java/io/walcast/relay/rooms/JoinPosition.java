package io.walcast.relay.rooms;

import org.jspecify.annotations.Nullable;

/**
 * The position of a client in a conversation, as the client states it. If it gives both numbers, {@code pos} counts.
 *
 * @param after the last seq that it has; null if it gives none
 * @param pos the place in the log up to which it has everything; null if it gives none
 * @param epoch the history of both numbers; null if it gives none
 */
public record JoinPosition(
        @Nullable Long after, @Nullable Long pos, @Nullable String epoch) {

    /** No position: the client gets only later events. */
    public static final JoinPosition TAIL = new JoinPosition(null, null, null);
}
