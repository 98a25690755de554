package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.relay.ops.Binding;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class DeliverySettingsTest {

    static DeliverySettings defaults() {
        return bind(Map.of());
    }

    @Test
    void hasDefaults() {
        assertThat(defaults())
                .isEqualTo(new DeliverySettings(
                        Duration.ofMillis(25),
                        4_096,
                        DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(16),
                        5,
                        Duration.ofMillis(50)));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "mark-interval", "1ms",
                        "max-unsettled", "1",
                        "max-unsettled-bytes", "1KB",
                        "max-payload", "2MB",
                        "max-attempts", "2",
                        "retry-delay", "3ms")))
                .isEqualTo(new DeliverySettings(
                        Duration.ofMillis(1),
                        1,
                        DataSize.ofKilobytes(1),
                        DataSize.ofMegabytes(2),
                        2,
                        Duration.ofMillis(3)));
    }

    @ParameterizedTest
    @CsvSource({
        "mark-interval, 0s, markInterval",
        "max-unsettled, 0, maxUnsettled",
        "max-unsettled-bytes, 1023B, max-unsettled-bytes",
        "max-unsettled-bytes, 2GB, max-unsettled-bytes",
        "max-payload, 0B, max-payload",
        "max-attempts, 0, maxAttempts",
        "retry-delay, 2m, retryDelay"
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value, String name) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(name);
    }

    private static DeliverySettings bind(Map<String, String> properties) {
        return Binding.of("walcast.delivery", DeliverySettings.class, properties);
    }
}
