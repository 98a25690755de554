package io.walcast.relay.ops;

import java.time.Instant;

/**
 * How the relay is.
 *
 * @param state what it does
 * @param reason why, in words for ops
 * @param since when it began to
 * @param restarts engines started since the process started, less the first
 */
public record Condition(RelayState state, String reason, Instant since, long restarts) {}
