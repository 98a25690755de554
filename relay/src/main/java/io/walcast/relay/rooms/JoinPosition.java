package io.walcast.relay.rooms;

import org.jspecify.annotations.Nullable;

/**
 * Where a client is in a conversation, as it says itself. With both numbers, {@code pos} counts.
 *
 * @param after the last seq that it has; null if it did not say
 * @param pos the place in the log up to which it has everything; null if it did not say
 * @param epoch the history that both are from, if the client knows
 */
public record JoinPosition(
        @Nullable Long after, @Nullable Long pos, @Nullable String epoch) {

    /** Only what comes. */
    public static final JoinPosition TAIL = new JoinPosition(null, null, null);
}
