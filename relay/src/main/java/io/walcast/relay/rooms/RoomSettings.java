package io.walcast.relay.rooms;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of rooms.
 *
 * @param intimateSize most connections of a room in which typing, changes of presence and read markers are sent to
 *     everyone: the cost grows with the square of the room
 * @param listedUsers most users that an answer about presence names
 */
@Validated
@ConfigurationProperties("walcast.rooms")
record RoomSettings(
        @DefaultValue("200") int intimateSize,
        @DefaultValue("200") int listedUsers) {

    RoomSettings {
        Assert.isTrue(intimateSize >= 0, "intimate-size must not be negative");
        Assert.isTrue(listedUsers > 0, "listed-users must be positive");
    }
}
