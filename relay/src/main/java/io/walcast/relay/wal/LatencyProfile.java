package io.walcast.relay.wal;

import java.time.Duration;

/**
 * How long the connector rests when the WAL has had nothing for it for half a second: latency against idle CPU.
 *
 * <p>The first message after a silence waits for what is left of a rest, if it comes within one. Messages that follow each
 * other faster than twice a second never do.
 */
public enum LatencyProfile {
    LOW(Duration.ofMillis(10)),
    BALANCED(Duration.ofMillis(25)),
    FRUGAL(Duration.ofMillis(100));

    private final Duration pollInterval;

    LatencyProfile(Duration pollInterval) {
        this.pollInterval = pollInterval;
    }

    Duration pollInterval() {
        return pollInterval;
    }
}
