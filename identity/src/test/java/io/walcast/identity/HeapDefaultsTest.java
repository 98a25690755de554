package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class HeapDefaultsTest {

    private static final long MEGABYTE = 1024 * 1024;

    @Test
    void areSharesOfASmallHeap() {
        assertThat(HeapDefaults.of(384 * MEGABYTE))
                .containsEntry("walcast.gateway.transport.total-queue-size", 64 * MEGABYTE + "B")
                .containsEntry("walcast.gateway.transport.total-unfinished-size", 24 * MEGABYTE + "B")
                .containsEntry("walcast.delivery.max-unsettled-bytes", 16 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-answer-size", 16 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-body-size", 16 * MEGABYTE + "B")
                .containsEntry("server.tomcat.max-connections", 5_461L);
    }

    @Test
    void haveALimitInALargeOne() {
        assertThat(HeapDefaults.of(8_192 * MEGABYTE))
                .containsEntry("walcast.gateway.transport.total-queue-size", 128 * MEGABYTE + "B")
                .containsEntry("walcast.gateway.transport.total-unfinished-size", 32 * MEGABYTE + "B")
                .containsEntry("walcast.delivery.max-unsettled-bytes", 32 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-answer-size", 32 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-body-size", 32 * MEGABYTE + "B")
                .containsEntry("server.tomcat.max-connections", 50_000L);
    }

    @Test
    void comeAfterEverythingElseThatIsSet() {
        var application = new SpringApplication();
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("its own", Map.of("walcast.gateway.transport.total-queue-size", "1MB")));

        new HeapDefaults().postProcessEnvironment(environment, application);

        assertThat(environment.getProperty("walcast.gateway.transport.total-queue-size"))
                .isEqualTo("1MB");
        assertThat(environment.containsProperty("walcast.limits.memory.total-body-size"))
                .isTrue();
    }
}
