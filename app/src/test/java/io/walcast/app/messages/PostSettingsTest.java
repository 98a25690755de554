package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class PostSettingsTest {

    @EnableConfigurationProperties(PostSettings.class)
    static class Configuration {}

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Configuration.class);

    @Test
    void hasDefaults() {
        context.run(started -> assertThat(started.getBean(PostSettings.class))
                .isEqualTo(new PostSettings(2, 64, DataSize.ofKilobytes(512), 1_000, Duration.ofSeconds(3))));
    }

    @Test
    void takesWhatIsSet() {
        context.withPropertyValues(
                        "walcast.posts.writers=1",
                        "walcast.posts.group-posts=8",
                        "walcast.posts.group-size=64KB",
                        "walcast.posts.max-waiting=10",
                        "walcast.posts.max-wait=500ms")
                .run(started -> assertThat(started.getBean(PostSettings.class))
                        .isEqualTo(new PostSettings(1, 8, DataSize.ofKilobytes(64), 10, Duration.ofMillis(500))));
    }

    @Test
    void rejectsWhatCannotBe() {
        for (String wrong : new String[] {
            "writers=0",
            "writers=9",
            "group-posts=0",
            "group-size=-1B",
            "group-size=0B",
            "max-waiting=0",
            "max-wait=1ms"
        }) {
            context.withPropertyValues("walcast.posts." + wrong)
                    .run(started -> assertThat(started).as(wrong).hasFailed());
        }
    }
}
