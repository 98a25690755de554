package io.walcast.relay.gateway.json;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * Timings and limits of plain JSON at {@code /ws}.
 *
 * @param pingInterval time between two WebSocket pings of the server
 * @param pingTimeout time that a client has to answer a ping, or to send anything else, before it is dropped
 * @param connectTimeout time that a client has to say who it is
 * @param maxConnections most connections at a time; further ones get 503
 */
@Validated
@ConfigurationProperties("walcast.gateway.websocket")
record JsonSettings(
        @NotNull @DefaultValue("25s") Duration pingInterval,
        @NotNull @DefaultValue("20s") Duration pingTimeout,
        @NotNull @DefaultValue("45s") Duration connectTimeout,
        @DefaultValue("20000") int maxConnections) {

    JsonSettings {
        Assert.isTrue(pingInterval.toMillis() > 0, "ping-interval must be positive");
        Assert.isTrue(pingTimeout.toMillis() > 0, "ping-timeout must be positive");
        Assert.isTrue(connectTimeout.toMillis() > 0, "connect-timeout must be positive");
        Assert.isTrue(maxConnections > 0, "max-connections must be positive");
    }
}
