package io.walcast.relay.kafka;

import java.time.Instant;

/**
 * Whether this node reads what is published.
 *
 * @param live whether it does
 * @param reason what it does, or why it cannot
 */
public record TailStatus(boolean live, String reason, Instant since) {}
