package io.walcast.relay.ops;

import io.walcast.relay.wal.Doubt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the relay is.
 *
 * @param state what it does
 * @param reason why, in words for ops
 * @param since when it began to
 * @param restarts engines started since the process started, less the first
 * @param lastDoubt what was last found to be in doubt, and then swept; null if nothing was since the process started
 */
public record Condition(
        RelayState state,
        String reason,
        Instant since,
        long restarts,
        @Nullable Doubt lastDoubt) {}
