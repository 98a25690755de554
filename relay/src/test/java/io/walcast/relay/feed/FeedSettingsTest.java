package io.walcast.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FeedSettingsTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of())).isEqualTo(new FeedSettings(250_000, Duration.ofMinutes(1)));
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of("max-followed", "1", "cursor-interval", "2s")))
                .isEqualTo(new FeedSettings(1, Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @CsvSource({"max-followed, 0", "cursor-interval, 99ms", "cursor-interval, 25h"})
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    private static FeedSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.feed." + key, value));
        return new Binder(source).bindOrCreate("walcast.feed", FeedSettings.class);
    }
}
