package io.walcast.relay.feed;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of feeds.
 *
 * @param maxFollowed conversations that this process follows for its connected users, each counted once for each user;
 *     a feed that would exceed it is refused
 * @param cursorInterval shortest time between two cursors of one connection
 */
@Validated
@ConfigurationProperties("walcast.feed")
record FeedSettings(
        @DefaultValue("250000") int maxFollowed,
        @DefaultValue("1m") Duration cursorInterval) {

    FeedSettings {
        Assert.isTrue(maxFollowed > 0, "max-followed must be positive");
        Assert.isTrue(
                cursorInterval.compareTo(Duration.ofMillis(100)) >= 0
                        && cursorInterval.compareTo(Duration.ofDays(1)) <= 0,
                "cursor-interval must be between 100ms and 1d");
    }
}
