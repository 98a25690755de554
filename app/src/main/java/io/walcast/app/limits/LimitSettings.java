package io.walcast.app.limits;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The write rate of one user, at each process.
 *
 * @param writesPerSecond writes of every kind in the long run; 0: no limit
 * @param writeBurst writes at once after a pause
 */
@Validated
@ConfigurationProperties("walcast.limits")
record LimitSettings(
        @DefaultValue("500") @Min(0) @Max(1_000_000) int writesPerSecond,
        @DefaultValue("2000") @Min(1) int writeBurst) {}
