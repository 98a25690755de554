package io.walcast.relay.gateway.websocket;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of every WebSocket connection, and the kind of transport.
 *
 * @param kind the WebSocket layer; {@code walcast.gateway.transport=container} on the command line is short for it, see
 *     walcast.yaml
 * @param maxMessageSize largest message a client may send, in bytes of UTF-8; a larger one closes with 1009
 * @param sendQueueSize most bytes that wait to be sent on one connection before {@code send} returns false
 * @param totalQueueSize most bytes that wait on all connections together, see {@link SendBudget}
 * @param totalUnfinishedSize most bytes of messages of which only a part has been received, on all connections
 *     together; a message may take as much of it as is free, and one that takes more closes with 1008
 * @param urgentMargin bytes that control messages may take beyond {@code sendQueueSize}; past it the client is closed
 *     with 1008
 * @param writeTimeout longest time that one message may take to leave; past it the connection is dropped
 * @param closeTimeout longest time that a close waits for the messages queued before it, and then for the peer's answer
 * @param writerThreads threads that write to large rooms, for all connections together; 0 means one per processor
 */
@Validated
@ConfigurationProperties("walcast.gateway.transport")
public record TransportSettings(
        @NotNull @DefaultValue("direct") TransportKind kind,
        @NotNull @DefaultValue("1000000B") DataSize maxMessageSize,
        @NotNull @DefaultValue("256KB") DataSize sendQueueSize,
        @NotNull @DefaultValue("128MB") DataSize totalQueueSize,
        @NotNull @DefaultValue("32MB") DataSize totalUnfinishedSize,
        @NotNull @DefaultValue("16KB") DataSize urgentMargin,
        @NotNull @DefaultValue("30s") Duration writeTimeout,
        @NotNull @DefaultValue("5s") Duration closeTimeout,
        @DefaultValue("0") int writerThreads) {

    public TransportSettings {
        Assert.isTrue(
                maxMessageSize.toBytes() > 0 && maxMessageSize.toBytes() <= Integer.MAX_VALUE,
                "max-message-size must be between 1 B and 2 GB");
        Assert.isTrue(sendQueueSize.toBytes() > 0, "send-queue-size must be positive");
        Assert.isTrue(
                totalQueueSize.toBytes() >= sendQueueSize.toBytes(),
                "total-queue-size must be at least as large as send-queue-size");
        Assert.isTrue(totalUnfinishedSize.toBytes() > 0, "total-unfinished-size must be positive");
        Assert.isTrue(!urgentMargin.isNegative(), "urgent-margin must not be negative");
        Assert.isTrue(writeTimeout.toMillis() > 0, "write-timeout must be positive");
        Assert.isTrue(closeTimeout.toMillis() > 0, "close-timeout must be positive");
        Assert.isTrue(writerThreads >= 0, "writer-threads must not be negative");
    }

    /** The defaults, for programs that bind no configuration. */
    public static TransportSettings defaults() {
        return new TransportSettings(
                TransportKind.DIRECT,
                DataSize.ofBytes(1_000_000),
                DataSize.ofKilobytes(256),
                DataSize.ofMegabytes(128),
                DataSize.ofMegabytes(32),
                DataSize.ofKilobytes(16),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                0);
    }

    int writers() {
        return writerThreads > 0 ? writerThreads : Runtime.getRuntime().availableProcessors();
    }
}
