package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DatabasePropertiesTest {

    @Test
    void theDirectoryIsOneOfTheWorkingDirectoryUnlessSet() {
        assertThat(bind(Map.of()).directory()).isEqualTo(Path.of(".walcast/postgres"));
        assertThat(bind(Map.of("walcast.db.directory", "/srv/walcast")).directory())
                .isEqualTo(Path.of("/srv/walcast"));
    }

    private static DatabaseProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("walcast.db", DatabaseProperties.class);
    }
}
