package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RoomSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(new RoomSettings(200, 200));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of("intimate-size", "1", "listed-users", "2"))).isEqualTo(new RoomSettings(1, 2));
    }

    @ParameterizedTest
    @CsvSource({"intimate-size, -1", "listed-users, 0"})
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static RoomSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.rooms." + key, value));
        return new Binder(source).bindOrCreate("walcast.rooms", RoomSettings.class);
    }
}
