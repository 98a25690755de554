package io.walcast.relay.ops.canary;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How often the way is tried.
 *
 * @param interval pause between two canary rows; zero for none
 * @param patience how long one may take to come back before something is wrong
 * @param warmUp for how long, at most, rows are sent before the relay says that it is ready; zero for not at all
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
