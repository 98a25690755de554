package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class AuthSettingsTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @Test
    void believesHeadersByDefault() {
        var settings = bind(Map.of());

        assertThat(settings.usesTokens()).isFalse();
        assertThat(settings.allowUnauthenticatedRemote()).isFalse();
        assertThat(settings.opsAuthority()).isEqualTo("ops");
        assertThat(settings.jwt().algorithm()).isEqualTo("RS256");
        assertThat(settings.jwt().clockSkew()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.jwt().authoritiesClaim()).isEqualTo("scope");
        assertThat(settings.jwt().renewBefore()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void takesEveryKey() {
        var settings = bind(Map.of(
                "mode", "jwt",
                "ops-authority", "admin",
                "jwt.issuer", "https://issuer.example",
                "jwt.audience", "walcast",
                "jwt.jwks-uri", "https://issuer.example/keys",
                "jwt.algorithm", "es256",
                "jwt.clock-skew", "5s",
                "jwt.authorities-claim", "roles",
                "jwt.renew-before", "2m"));

        assertThat(settings.usesTokens()).isTrue();
        assertThat(settings.opsAuthority()).isEqualTo("admin");
        assertThat(settings.jwt().algorithm()).isEqualTo("ES256");
        assertThat(settings.jwt().jwksUri()).hasToString("https://issuer.example/keys");
        assertThat(settings.jwt().clockSkew()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void rejectsWhatCannotBeMeant() {
        assertRejected("jwt.issuer", Map.of("mode", "jwt"));
        assertRejected("jwt.audience", Map.of("mode", "jwt", "jwt.issuer", "i"));
        assertRejected("32 bytes", jwt(Map.of("jwt.secret", "short")));
        assertRejected("not both", jwt(Map.of("jwt.secret", SECRET, "jwt.jwks-uri", "https://i.example")));
        assertRejected("algorithm", jwt(Map.of("jwt.algorithm", "none")));
        assertRejected("algorithm", jwt(Map.of("jwt.algorithm", "HS256")));
        assertRejected("clock-skew", Map.of("jwt.clock-skew", "5m"));
        assertRejected("renew-before", Map.of("jwt.renew-before", "0s"));
    }

    @Test
    void neverPrintsTheSecret() {
        assertThat(bind(jwt(Map.of("jwt.secret", SECRET)))).asString().doesNotContain(SECRET);
    }

    private static Map<String, String> jwt(Map<String, String> more) {
        var all = new HashMap<>(Map.of("mode", "jwt", "jwt.issuer", "i", "jwt.audience", "a"));
        all.putAll(more);
        return all;
    }

    private static void assertRejected(String why, Map<String, String> properties) {
        assertThatThrownBy(() -> bind(properties)).rootCause().hasMessageContaining(why);
    }

    private static AuthSettings bind(Map<String, String> properties) {
        var prefixed = new HashMap<String, String>();
        properties.forEach((key, value) -> prefixed.put("walcast.auth." + key, value));
        return new Binder(new MapConfigurationPropertySource(prefixed))
                .bindOrCreate("walcast.auth", AuthSettings.class);
    }
}
