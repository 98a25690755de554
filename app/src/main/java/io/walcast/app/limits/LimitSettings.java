package io.walcast.app.limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * How much one user may write, at each process.
 *
 * @param writesPerSecond posts and changes of conversations in the long run; 0: no limit
 * @param writeBurst how many at once after a rest
 */
@Validated
@ConfigurationProperties("walcast.limits")
record LimitSettings(
        @DefaultValue("500") int writesPerSecond,
        @DefaultValue("2000") int writeBurst) {

    LimitSettings {
        Assert.isTrue(
                writesPerSecond >= 0 && writesPerSecond <= 1_000_000,
                "writes-per-second must be between 0 and 1,000,000");
        Assert.isTrue(writeBurst > 0, "write-burst must be positive");
    }
}
