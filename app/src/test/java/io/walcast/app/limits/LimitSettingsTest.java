package io.walcast.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LimitSettingsTest {

    @EnableConfigurationProperties(LimitSettings.class)
    static class Configuration {}

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Configuration.class);

    @Test
    void hasDefaults() {
        context.run(
                started -> assertThat(started.getBean(LimitSettings.class)).isEqualTo(new LimitSettings(500, 2_000)));
    }

    @Test
    void mapsEveryKey() {
        context.withPropertyValues("walcast.limits.writes-per-second=0", "walcast.limits.write-burst=7")
                .run(started -> assertThat(started.getBean(LimitSettings.class)).isEqualTo(new LimitSettings(0, 7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"writes-per-second=-1", "writes-per-second=1000001", "write-burst=0", "write-burst=many"})
    void rejectsWhatCannotBe(String wrong) {
        context.withPropertyValues("walcast.limits." + wrong)
                .run(started -> assertThat(started).hasFailed());
    }
}
