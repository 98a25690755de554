package io.walcast.relay.wal;

import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the WAL side of the relay.
 *
 * @param slot name of the replication slot; one relay owns it at a time
 * @param publication name of the publication that the migrations created
 * @param latency latency against idle CPU
 * @param heartbeat pause between two heartbeats of the engine while no row comes. Settled positions are acknowledged
 *     with a row or a heartbeat: at most every 500 ms, or every 5 s while hardly any WAL is written
 * @param patience how long the slot may stand still while the WAL grows, before its engine is replaced; it doubles with
 *     each replaced engine in a row
 */
@Validated
@ConfigurationProperties("walcast.relay")
public record WalSettings(
        @DefaultValue("walcast") @Pattern(regexp = "[a-z0-9_]{1,63}", message = "must be 1 to 63 of a-z, 0-9 and _")
        String slot,

        @DefaultValue("walcast") @Pattern(regexp = "[a-z0-9_]{1,63}", message = "must be 1 to 63 of a-z, 0-9 and _")
        String publication,

        @DefaultValue("balanced") LatencyProfile latency,

        @DefaultValue("1s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration heartbeat,

        @DefaultValue("10s") @DurationMin(millis = 500) @DurationMax(minutes = 10)
        Duration patience) {}
