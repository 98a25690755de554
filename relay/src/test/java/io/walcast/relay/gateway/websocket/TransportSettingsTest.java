package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.unit.DataSize;

class TransportSettingsTest {

    @Test
    void hasTheSameDefaultsBoundOrNot() {
        assertThat(bind(Map.of())).isEqualTo(TransportSettings.defaults());
    }

    @Test
    void mapsEveryKey() {
        assertThat(bind(Map.of(
                        "kind", "container",
                        "max-message-size", "2MB",
                        "send-queue-size", "1MB",
                        "total-queue-size", "4MB",
                        "total-unfinished-size", "5MB",
                        "urgent-margin", "8KB",
                        "write-timeout", "10s",
                        "close-timeout", "1s",
                        "writer-threads", "3")))
                .isEqualTo(new TransportSettings(
                        TransportKind.CONTAINER,
                        DataSize.ofMegabytes(2),
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(4),
                        DataSize.ofMegabytes(5),
                        DataSize.ofKilobytes(8),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        3));
    }

    @ParameterizedTest
    @CsvSource({
        "max-message-size, 0B",
        "max-message-size, 3GB",
        "send-queue-size, 0B",
        "total-queue-size, 1KB",
        "total-unfinished-size, 0B",
        "urgent-margin, -1B",
        "write-timeout, 0s",
        "close-timeout, -1s",
        "writer-threads, -1",
    })
    void refusesWhatMakesNoSenseAndNamesTheKey(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageContaining(key);
    }

    @Test
    void refusesATransportThatThereIsNot() {
        assertThatThrownBy(() -> bind(Map.of("kind", "jetty")))
                .hasMessageContaining("walcast.gateway.transport.kind")
                .hasMessageContaining("TransportKind");
    }

    /** As the property of its own that it is there, beside those below it. */
    @Test
    void takesTheTransportInOneWord() throws IOException {
        String shortForm = "walcast.gateway.transport";
        assertThat(inWalcast(Map.of())).isEqualTo(TransportSettings.defaults());
        assertThat(inWalcast(Map.of(shortForm, "container")).kind()).isEqualTo(TransportKind.CONTAINER);
        TransportSettings both = inWalcast(Map.of(shortForm, "container", shortForm + ".write-timeout", "9s"));
        assertThat(both.kind()).isEqualTo(TransportKind.CONTAINER);
        assertThat(both.writeTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(inWalcast(Map.of(shortForm + ".kind", "container")).kind()).isEqualTo(TransportKind.CONTAINER);
    }

    /** With what all processes of Walcast have in common. */
    private static TransportSettings inWalcast(Map<String, Object> given) throws IOException {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("given", given));
        for (var source : new YamlPropertySourceLoader().load("common", new ClassPathResource("walcast.yaml"))) {
            environment.getPropertySources().addLast(source);
        }
        return Binder.get(environment).bindOrCreate("walcast.gateway.transport", TransportSettings.class);
    }

    private static TransportSettings bind(Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put("walcast.gateway.transport." + key, value));
        return new Binder(source).bindOrCreate("walcast.gateway.transport", TransportSettings.class);
    }
}
