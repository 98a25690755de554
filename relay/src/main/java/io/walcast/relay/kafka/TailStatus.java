package io.walcast.relay.kafka;

import java.time.Instant;

/**
 * Whether this gateway node reads the Kafka topic.
 *
 * @param live whether it does
 * @param reason its present activity, or the obstacle
 */
public record TailStatus(boolean live, String reason, Instant since) {}
