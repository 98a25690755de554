package io.walcast.relay.gateway.transport;

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

class TransportSettingsTest {

    @Test
    void hasTheSameDefaultsBoundOrNot() {
        assertThat(bind(Map.of())).isEqualTo(TransportSettings.defaults());
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "max-message-size", "2MB",
                        "send-queue-size", "1MB",
                        "total-queue-size", "4MB",
                        "total-unfinished-size", "5MB",
                        "urgent-margin", "8KB",
                        "write-timeout", "10s",
                        "close-timeout", "1s",
                        "writer-threads", "3")))
                .isEqualTo(new TransportSettings(
                        DataSize.ofMegabytes(2),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(4),
                        DataSize.ofMegabytes(5),
                        DataSize.ofKilobytes(8),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        3));
    }

    @ParameterizedTest
    @CsvSource({
        "max-message-size, 0B",
        "max-message-size, 3GB",
        "send-queue-size, 0B",
        "total-queue-size, 1KB",
        "total-unfinished-size, 0B",
        "urgent-margin, -1B",
        "write-timeout, 0s",
        "close-timeout, -1s",
        "writer-threads, -1",
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static TransportSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.gateway.transport." + key, value));
        return new Binder(source).bindOrCreate("walcast.gateway.transport", TransportSettings.class);
    }
}
