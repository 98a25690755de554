package io.walcast.relay.ops.slots;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the slots are watched.
 *
 * @param interval pause between two samples
 */
@Validated
@ConfigurationProperties("walcast.ops.slots")
record SlotMonitorSettings(
        @DefaultValue("2s") @DurationMin(millis = 200) @DurationMax(minutes = 1)
        Duration interval) {}
