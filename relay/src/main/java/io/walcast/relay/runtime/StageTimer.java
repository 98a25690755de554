package io.walcast.relay.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Makes the histograms of the stages of a message's way: one name, a tag for the stage, and the same buckets. */
public final class StageTimer {

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5)
    };

    private StageTimer() {}

    /** @param stage what is reached at its end */
    public static Timer register(MeterRegistry meters, String stage) {
        return Timer.builder("walcast.stage")
                .tag("stage", stage)
                .description("Time that each stage of a message's way takes")
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
