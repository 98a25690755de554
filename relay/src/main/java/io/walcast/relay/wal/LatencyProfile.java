package io.walcast.relay.wal;

import java.time.Duration;

/**
 * How long the connector rests when the WAL has had nothing for it for half a second: latency against idle CPU.
 *
 * <p>A message that comes within a rest waits for what is left of it; a stream of 200 a second or more knows no rest.
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
