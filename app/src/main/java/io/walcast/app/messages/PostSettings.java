package io.walcast.app.messages;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the groups in which posts are written.
 *
 * @param writers statements that run at a time
 * @param groupPosts most posts of one statement
 * @param groupSize most bytes of content of one statement; a post that is larger goes alone
 * @param maxWaiting most posts that wait for a statement, half of them of conversations that are locked; further ones
 *     are answered 503 at once
 * @param maxWait longest time that a post waits for a statement; after that it is answered 503, and not stored
 */
@Validated
@ConfigurationProperties("walcast.posts")
record PostSettings(
        @DefaultValue("2") @Min(1) @Max(8) int writers,
        @DefaultValue("64") @Min(1) @Max(1_000) int groupPosts,
        @DefaultValue("512KB") @DataSizeUnit(DataUnit.BYTES) DataSize groupSize,
        @DefaultValue("1000") @Min(1) @Max(100_000) int maxWaiting,

        @DefaultValue("3s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration maxWait) {

    PostSettings {
        Assert.isTrue(groupSize.toBytes() > 0, "group-size must be positive");
    }
}
