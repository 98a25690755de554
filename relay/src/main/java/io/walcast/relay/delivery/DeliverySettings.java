package io.walcast.relay.delivery;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How rows are delivered, retried and marked.
 *
 * @param markInterval how long the first of a batch of marks waits for more
 * @param maxUnsettled rows delivered or being retried whose mark is not yet committed; the WAL waits above it
 * @param maxAttempts deliveries tried before a row is parked
 * @param retryDelay pause before the first retry; it doubles with each
 */
@Validated
@ConfigurationProperties("walcast.delivery")
public record DeliverySettings(
        @DefaultValue("25ms") @DurationMin(millis = 1) @DurationMax(seconds = 10)
        Duration markInterval,

        @DefaultValue("4096") @Min(1) @Max(100_000) int maxUnsettled,
        @DefaultValue("5") @Min(1) @Max(100) int maxAttempts,

        @DefaultValue("50ms") @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration retryDelay) {}
