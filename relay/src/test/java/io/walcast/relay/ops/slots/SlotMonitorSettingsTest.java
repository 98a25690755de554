package io.walcast.relay.ops.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.ops.Binding;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotMonitorSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(new SlotMonitorSettings(Duration.ofSeconds(2)));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of("interval", "500ms"))).isEqualTo(new SlotMonitorSettings(Duration.ofMillis(500)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "2m"})
    void refusesWhatMakesNoSenseAndNamesTheKey(String interval) {
        assertThatThrownBy(() -> bind(Map.of("interval", interval))).rootCause().hasMessageContaining("interval");
    }

    private static SlotMonitorSettings bind(Map<String, String> properties) {
        return Binding.of("walcast.ops.slots", SlotMonitorSettings.class, properties);
    }
}
