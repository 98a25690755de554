package io.walcast.relay.gateway.socketio;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** Settings that differ from the defaults in what a test is about; without recovery unless it is about that. */
final class SettingsBuilder {

    private final int maxPayload;
    private Duration pingInterval = Duration.ofSeconds(25);
    private Duration pingTimeout = Duration.ofSeconds(20);
    private Duration connectTimeout = Duration.ofSeconds(45);
    private Duration upgradeTimeout = Duration.ofSeconds(10);
    private DataSize pollingBuffer = DataSize.ofKilobytes(256);
    private int maxConnections = 1_000;
    private boolean recovery;

    SettingsBuilder(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    SettingsBuilder pings(Duration interval, Duration timeout) {
        pingInterval = interval;
        pingTimeout = timeout;
        return this;
    }

    SettingsBuilder connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    SettingsBuilder upgradeTimeout(Duration timeout) {
        upgradeTimeout = timeout;
        return this;
    }

    SettingsBuilder pollingBuffer(DataSize size) {
        pollingBuffer = size;
        return this;
    }

    SettingsBuilder maxConnections(int connections) {
        maxConnections = connections;
        return this;
    }

    SettingsBuilder recovery(boolean enabled) {
        recovery = enabled;
        return this;
    }

    SocketIoSettings build() {
        return new SocketIoSettings(
                pingInterval,
                pingTimeout,
                DataSize.ofBytes(maxPayload),
                connectTimeout,
                upgradeTimeout,
                10,
                pollingBuffer,
                maxConnections,
                recovery);
    }
}
