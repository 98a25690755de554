package io.walcast.relay.delivery;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The retention of the outbox.
 *
 * @param retention published rows are deleted when they are older; parked ones never
 * @param retentionInterval pause between two deletions
 */
@Validated
@ConfigurationProperties("walcast.outbox")
public record OutboxSettings(
        @DefaultValue("24h") @DurationMin(seconds = 1) Duration retention,
        @DefaultValue("1m") @DurationMin(millis = 100) Duration retentionInterval) {}
