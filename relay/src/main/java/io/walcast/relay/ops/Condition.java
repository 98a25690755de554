package io.walcast.relay.ops;

import io.walcast.relay.wal.Doubt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The condition of the relay.
 *
 * @param reason why it is in that state, in words for operators
 * @param since the beginning of that state
 * @param restarts engines started since the process started, less the first
 * @param lastDoubt the last doubt, which a sweep followed; null if there was none since the process started
 */
public record Condition(
        RelayState state,
        String reason,
        Instant since,
        long restarts,
        @Nullable Doubt lastDoubt) {}
