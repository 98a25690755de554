package io.walcast.app.limits;

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

class MemorySettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new MemorySettings(
                        DataSize.ofKilobytes(512),
                        8,
                        DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(32),
                        Duration.ofSeconds(60)));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "page-size", "1MB",
                        "page-reads", "2",
                        "total-answer-size", "4MB",
                        "total-body-size", "5MB",
                        "answer-timeout", "6s")))
                .isEqualTo(new MemorySettings(
                        DataSize.ofMegabytes(1),
                        2,
                        DataSize.ofMegabytes(4),
                        DataSize.ofMegabytes(5),
                        Duration.ofSeconds(6)));
    }

    @ParameterizedTest
    @CsvSource({
        "page-size, 0B",
        "page-size, 1GB",
        "page-reads, 0",
        "total-answer-size, 1MB",
        "total-body-size, 512KB",
        "answer-timeout, 0s",
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static MemorySettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.limits.memory." + key, value));
        return new Binder(source).bindOrCreate("walcast.limits.memory", MemorySettings.class);
    }
}
