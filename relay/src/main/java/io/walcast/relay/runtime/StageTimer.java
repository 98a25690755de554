package io.walcast.relay.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Registers the latency histograms of the stages of delivery: one name, a tag for the stage, and the same buckets. */
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

    /** @param stage the name of the stage, which is that of its end, as in {@code read} */
    public static Timer register(MeterRegistry meters, String stage) {
        return Timer.builder("walcast.stage")
                .tag("stage", stage)
                .description("Duration of each stage of the delivery of a message")
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
