package io.walcast.relay.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class JsonSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new JsonSettings(
                        Duration.ofSeconds(25), Duration.ofSeconds(20), Duration.ofSeconds(45), 20_000));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "ping-interval", "1s",
                        "ping-timeout", "2s",
                        "connect-timeout", "3s",
                        "max-connections", "4")))
                .isEqualTo(new JsonSettings(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 4));
    }

    @ParameterizedTest
    @CsvSource({"ping-interval, 0s", "ping-timeout, 0s", "connect-timeout, -1s", "max-connections, 0"})
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static JsonSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.gateway.websocket." + key, value));
        return new Binder(source).bindOrCreate("walcast.gateway.websocket", JsonSettings.class);
    }
}
