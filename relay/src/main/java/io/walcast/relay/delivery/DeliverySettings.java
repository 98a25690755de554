package io.walcast.relay.delivery;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How rows are delivered, retried and marked.
 *
 * @param markInterval how long the first of a batch of marks waits for more
 * @param maxUnsettled most rows in flight: delivered or being retried, with a mark that is not yet committed; above it
 *     the reading of the WAL waits
 * @param maxUnsettledBytes most bytes of rows that are not yet delivered, at two bytes a character; above it the
 *     reading of the WAL waits, but a single row that is larger passes alone
 * @param maxPayload longest payload that rooms take, at one byte a character; a row with a longer one is parked unread
 * @param maxAttempts deliveries tried before a row is parked
 * @param retryDelay pause before the first retry; it doubles with each
 */
@Validated
@ConfigurationProperties("walcast.delivery")
public record DeliverySettings(
        @DefaultValue("25ms") @DurationMin(millis = 1) @DurationMax(seconds = 10)
        Duration markInterval,

        @DefaultValue("4096") @Min(1) @Max(100_000) int maxUnsettled,
        @NotNull @DefaultValue("32MB") DataSize maxUnsettledBytes,
        @NotNull @DefaultValue("16MB") DataSize maxPayload,
        @DefaultValue("5") @Min(1) @Max(100) int maxAttempts,

        @DefaultValue("50ms") @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration retryDelay) {

    private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST = DataSize.ofGigabytes(1);

    public DeliverySettings {
        Assert.isTrue(isInRange(maxUnsettledBytes), "max-unsettled-bytes must be between 1 KB and 1 GB");
        Assert.isTrue(isInRange(maxPayload), "max-payload must be between 1 KB and 1 GB");
    }

    private static boolean isInRange(DataSize size) {
        return size.compareTo(SMALLEST) >= 0 && size.compareTo(LARGEST) <= 0;
    }
}
