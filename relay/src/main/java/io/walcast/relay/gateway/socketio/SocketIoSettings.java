package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.EngineSettings;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Timings and limits of the protocol. The first three and the payload are told to every client in its handshake.
 *
 * @param pingInterval time between two pings of the server
 * @param pingTimeout time that a client has to answer a ping before it is disconnected
 * @param maxPayload largest message or long-polling request of a client, in bytes; keep {@code
 *     walcast.gateway.transport.max-message-size} at least as large
 * @param connectTimeout time that a client has to join a namespace before it is disconnected
 * @param upgradeTimeout time that a client has to complete the change from long-polling to WebSocket
 * @param maxAttachments most binary attachments of one packet
 * @param pollingBufferSize most bytes that wait for the next poll of one client
 * @param maxConnections most clients at a time; further ones get 503
 * @param recovery whether clients may recover their state after a short disconnection
 */
@Validated
@ConfigurationProperties("walcast.gateway.socketio")
public record SocketIoSettings(
        @NotNull @DefaultValue("25s") Duration pingInterval,
        @NotNull @DefaultValue("20s") Duration pingTimeout,
        @NotNull @DefaultValue("1000000B") DataSize maxPayload,
        @NotNull @DefaultValue("45s") Duration connectTimeout,
        @NotNull @DefaultValue("10s") Duration upgradeTimeout,
        @DefaultValue("10") int maxAttachments,
        @NotNull @DefaultValue("256KB") DataSize pollingBufferSize,
        @DefaultValue("20000") int maxConnections,
        @DefaultValue("true") boolean recovery) {

    public SocketIoSettings {
        Assert.isTrue(pingInterval.toMillis() > 0, "ping-interval must be positive");
        Assert.isTrue(pingTimeout.toMillis() > 0, "ping-timeout must be positive");
        Assert.isTrue(
                maxPayload.toBytes() > 0 && maxPayload.toBytes() <= Integer.MAX_VALUE,
                "max-payload must be between 1 B and 2 GB");
        Assert.isTrue(connectTimeout.toMillis() > 0, "connect-timeout must be positive");
        Assert.isTrue(upgradeTimeout.toMillis() > 0, "upgrade-timeout must be positive");
        Assert.isTrue(maxAttachments >= 0, "max-attachments must not be negative");
        Assert.isTrue(pollingBufferSize.toBytes() > 0, "polling-buffer-size must be positive");
        Assert.isTrue(maxConnections > 0, "max-connections must be positive");
    }

    /** The defaults, for programs that bind no configuration. */
    public static SocketIoSettings defaults() {
        return new SocketIoSettings(
                Duration.ofSeconds(25),
                Duration.ofSeconds(20),
                DataSize.ofBytes(1_000_000),
                Duration.ofSeconds(45),
                Duration.ofSeconds(10),
                10,
                DataSize.ofKilobytes(256),
                20_000,
                true);
    }

    /** Those of the sessions under the sockets. */
    EngineSettings engine() {
        return new EngineSettings(
                pingInterval,
                pingTimeout,
                maxPayloadBytes(),
                upgradeTimeout,
                pollingBufferSize.toBytes(),
                maxConnections);
    }

    int maxPayloadBytes() {
        return (int) maxPayload.toBytes();
    }
}
