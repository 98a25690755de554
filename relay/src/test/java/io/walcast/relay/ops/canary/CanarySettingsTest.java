package io.walcast.relay.ops.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.ops.Binding;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanarySettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new CanarySettings(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(3)));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of("interval", "0s", "patience", "1s", "warm-up", "0s")))
                .isEqualTo(new CanarySettings(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"interval, -1s, interval", "patience, 0s, patience", "warm-up, 5m, warmUp"})
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value, String name) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(name);
    }

    private static CanarySettings bind(Map<String, String> properties) {
        return Binding.of("walcast.ops.canary", CanarySettings.class, properties);
    }
}
