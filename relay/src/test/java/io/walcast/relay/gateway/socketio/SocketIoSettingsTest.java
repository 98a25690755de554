package io.walcast.relay.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class SocketIoSettingsTest {

    @Test
    void hasTheSameDefaultsBoundOrNot() {
        assertThat(bind(Map.of())).isEqualTo(SocketIoSettings.defaults());
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "ping-interval", "1s",
                        "ping-timeout", "2s",
                        "max-payload", "3KB",
                        "connect-timeout", "4s",
                        "upgrade-timeout", "5s",
                        "max-attachments", "6",
                        "polling-buffer-size", "7KB",
                        "max-connections", "8",
                        "recovery", "false")))
                .isEqualTo(new SocketIoSettings(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        DataSize.ofKilobytes(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        6,
                        DataSize.ofKilobytes(7),
                        8,
                        false));
    }

    @ParameterizedTest
    @CsvSource({
        "ping-interval, 0s",
        "ping-timeout, 0s",
        "max-payload, 0B",
        "max-payload, 3GB",
        "connect-timeout, -1s",
        "upgrade-timeout, 0s",
        "max-attachments, -1",
        "polling-buffer-size, 0B",
        "max-connections, 0",
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static SocketIoSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.gateway.socketio." + key, value));
        return new Binder(source).bindOrCreate("walcast.gateway.socketio", SocketIoSettings.class);
    }
}
