package io.walcast.relay.ops.canary;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the canary.
 *
 * @param interval pause between two canary rows; zero for none
 * @param patience how long a canary row may take to come back before delivery counts as broken
 * @param warmUp longest time for which rows are sent before the relay first reports ready; zero for no warm-up
 */
@Validated
@ConfigurationProperties("walcast.ops.canary")
record CanarySettings(
        @DefaultValue("30s") @DurationMin @DurationMax(hours = 1)
        Duration interval,

        @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration patience,

        @DefaultValue("3s") @DurationMin @DurationMax(minutes = 1)
        Duration warmUp) {}
