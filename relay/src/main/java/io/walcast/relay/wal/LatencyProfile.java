package io.walcast.relay.wal;

import java.time.Duration;

/**
 * How long the engine rests when the WAL has nothing for it: latency against idle CPU.
 *
 * <p>The engine looks five times in a row before it rests, so the profile bounds the wait, it does not add to it.
 */
public enum LatencyProfile {
    LOW(Duration.ofMillis(2)),
    BALANCED(Duration.ofMillis(5)),
    FRUGAL(Duration.ofMillis(40));

    private final Duration pollInterval;

    LatencyProfile(Duration pollInterval) {
        this.pollInterval = pollInterval;
    }

    Duration pollInterval() {
        return pollInterval;
    }
}
