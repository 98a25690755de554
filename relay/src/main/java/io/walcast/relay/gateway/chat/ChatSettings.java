package io.walcast.relay.gateway.chat;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * What one client, and one user, may take of the gateway. A request for more is refused with {@code limit_exceeded}.
 *
 * @param connectionsPerUser connections of one user at a time, of both wire formats together
 * @param roomsPerConnection rooms that one connection may be in
 * @param joinsInFlight joins of one connection that may wait for their answer
 * @param requestsPerSecond requests that one connection may send in the long run
 * @param requestBurst requests that it may send at once after a rest; as many that are refused in a row, beyond the rate,
 *     close it
 * @param typingPerSecond typing events of one connection that are passed on; more are dropped without a word
 */
@Validated
@ConfigurationProperties("walcast.gateway.limits")
public record ChatSettings(
        @DefaultValue("100") int connectionsPerUser,
        @DefaultValue("1000") int roomsPerConnection,
        @DefaultValue("250") int joinsInFlight,
        @DefaultValue("100") int requestsPerSecond,
        @DefaultValue("1000") int requestBurst,
        @DefaultValue("5") int typingPerSecond) {

    public ChatSettings {
        Assert.isTrue(connectionsPerUser > 0, "connections-per-user must be positive");
        Assert.isTrue(roomsPerConnection > 0, "rooms-per-connection must be positive");
        Assert.isTrue(joinsInFlight > 0, "joins-in-flight must be positive");
        Assert.isTrue(requestsPerSecond > 0, "requests-per-second must be positive");
        Assert.isTrue(requestBurst >= requestsPerSecond, "request-burst must be at least requests-per-second");
        Assert.isTrue(typingPerSecond >= 0, "typing-per-second must not be negative");
    }
}
