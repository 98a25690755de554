package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DatabaseSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(new DatabaseSettings(true, Path.of(".walcast/postgres")));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of("walcast.db.embedded", "false", "walcast.db.directory", "/srv/walcast")))
                .isEqualTo(new DatabaseSettings(false, Path.of("/srv/walcast")));
    }

    @Test
    void rejectsWhatCannotBe() {
        assertThatThrownBy(() -> bind(Map.of("walcast.db.embedded", "perhaps"))).isInstanceOf(BindException.class);
    }

    private static DatabaseSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("walcast.db", DatabaseSettings.class);
    }
}
