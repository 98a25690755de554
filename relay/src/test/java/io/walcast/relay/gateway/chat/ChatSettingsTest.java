package io.walcast.relay.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ChatSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(new ChatSettings(100, 1_000, 250, 100, 1_000, 5));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "connections-per-user", "1",
                        "rooms-per-connection", "2",
                        "joins-in-flight", "3",
                        "requests-per-second", "4",
                        "request-burst", "5",
                        "typing-per-second", "6")))
                .isEqualTo(new ChatSettings(1, 2, 3, 4, 5, 6));
    }

    @ParameterizedTest
    @CsvSource({
        "connections-per-user, 0",
        "rooms-per-connection, 0",
        "joins-in-flight, 0",
        "requests-per-second, 0",
        "request-burst, 99",
        "typing-per-second, -1",
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static ChatSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.gateway.limits." + key, value));
        return new Binder(source).bindOrCreate("walcast.gateway.limits", ChatSettings.class);
    }
}
