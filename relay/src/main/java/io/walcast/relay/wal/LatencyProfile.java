package io.walcast.relay.wal;

import java.time.Duration;

/**
 * The idle interval: the connector's pause between two polls after half a second without WAL data. A longer one costs
 * latency, and a shorter one costs CPU while nothing happens.
 *
 * <p>A message that arrives within the interval waits for its end. A stream of 200 messages a second or more never
 * idles.
 */
public enum LatencyProfile {
    LOW(Duration.ofMillis(10)),
    BALANCED(Duration.ofMillis(20)),
    FRUGAL(Duration.ofMillis(40));

    private final Duration pollInterval;

    LatencyProfile(Duration pollInterval) {
        this.pollInterval = pollInterval;
    }

    Duration pollInterval() {
        return pollInterval;
    }
}
