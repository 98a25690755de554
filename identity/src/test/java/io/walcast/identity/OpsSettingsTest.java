package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class OpsSettingsTest {

    @EnableConfigurationProperties(OpsSettings.class)
    static class Configuration {}

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Configuration.class);

    @Test
    void hasDefaults() {
        context.run(started ->
                assertThat(started.getBean(OpsSettings.class)).isEqualTo(new OpsSettings(null, "127.0.0.1")));
    }

    @Test
    void mapsEveryKey() {
        context.withPropertyValues("walcast.ops.port=3001", "walcast.ops.address=::1")
                .run(started -> assertThat(started.getBean(OpsSettings.class)).isEqualTo(new OpsSettings(3001, "::1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"port=0", "port=65536", "address= "})
    void rejectsWhatCannotBe(String wrong) {
        context.withPropertyValues("walcast.ops." + wrong)
                .run(started -> assertThat(started).hasFailed());
    }
}
