package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OriginSettingsTest {

    private static final String HOST = "chat.example.com";
    private static final OriginSettings DEFAULTS = bind(Map.of());

    @ParameterizedTest
    @CsvSource({
        "http://localhost:5173, true",
        "http://localhost, true",
        "https://LOCALHOST:8443, true",
        "http://127.0.0.1:80, true",
        "http://[::1]:3000, true",
        "http://localhost.evil.example, false",
        "http://localhost:80.evil.example, false",
        "http://localhost:80@evil.example, false",
        "https://chat.example.com, true",
        "http://chat.example.com, true",
        "https://chat.example.com:444, false",
        "null, false",
        "file://, false",
    })
    void letsInLocalPagesAndItsOwn(String origin, boolean permitted) {
        assertThat(DEFAULTS.permit(origin, HOST)).isEqualTo(permitted);
    }

    @Test
    void letsInWhatIsNoBrowser() {
        assertThat(DEFAULTS.permit(null, HOST)).isTrue();
    }

    @Test
    void letsInWhatIsConfiguredOnly() {
        OriginSettings origins = bind(Map.of("walcast.gateway.allowed-origins", "https://app.example"));
        assertThat(origins.permit("https://app.example", HOST)).isTrue();
        assertThat(origins.permit("https://app.example:1", HOST)).isFalse();
        assertThat(origins.permit("http://localhost:5173", HOST)).isFalse();
        assertThat(new OriginSettings(List.of("*")).permit("https://any.example", HOST))
                .isTrue();
    }

    private static OriginSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("walcast.gateway", OriginSettings.class);
    }
}
