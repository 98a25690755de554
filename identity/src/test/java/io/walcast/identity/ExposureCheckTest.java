package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.startup.StartupException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

class ExposureCheckTest {

    private static final Map<String, Object> JWT = Map.of(
            "walcast.auth.mode", "jwt",
            "walcast.auth.jwt.issuer", "https://issuer.example",
            "walcast.auth.jwt.audience", "walcast");

    @Test
    void letsAServerOnLoopbackBelieveEveryone() {
        for (var address : new String[] {"127.0.0.1", "localhost", "::1", "127.8.8.8"}) {
            assertThatCode(() -> check(Map.of("server.address", address))).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesToBelieveEveryoneWhereOthersCanReachIt() {
        for (var address : new String[] {"0.0.0.0", "::", "192.0.2.1", ""}) {
            assertThatThrownBy(() -> check(Map.of("server.address", address)))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("server.address is " + address)
                    .hasMessageContaining("walcast.auth.mode=jwt")
                    .hasMessageContaining("walcast.auth.allow-unauthenticated-remote=true");
        }
    }

    @Test
    void takesNoAddressForAllAddresses() {
        assertThatThrownBy(() -> check(Map.of())).hasMessageContaining("server.address is not set");
    }

    @Test
    void looksAtTheOtherPortToo() {
        assertThatThrownBy(() -> check(Map.of("server.address", "127.0.0.1", "walcast.ops.address", "0.0.0.0")))
                .hasMessageContaining("walcast.ops.address is 0.0.0.0");
    }

    @Test
    void refusesToBeBlindForProxies() {
        var local = Map.<String, Object>of("server.address", "127.0.0.1");
        for (var setting : List.of(
                Map.entry("server.forward-headers-strategy", "native"),
                Map.entry("server.forward-headers-strategy", "FRAMEWORK"),
                Map.entry("server.tomcat.remoteip.remote-ip-header", "x-forwarded-for"))) {
            var settings = new HashMap<>(local);
            settings.put(setting.getKey(), setting.getValue());
            assertThatThrownBy(() -> check(settings))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining(setting.getKey() + "=" + setting.getValue());
            settings.put("walcast.auth.allow-unauthenticated-remote", "true");
            assertThatThrownBy(() -> check(settings)).isInstanceOf(StartupException.class);
            settings.putAll(JWT);
            assertThatCode(() -> check(settings)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesEntrancesWithoutAGuard() {
        assertThatThrownBy(() -> check(Map.of("server.address", "127.0.0.1", "management.server.port", "3001")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("set walcast.ops.port instead");
        assertThatThrownBy(
                        () -> check(Map.of("server.address", "127.0.0.1", "management.endpoints.web.base-path", "/")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("management.endpoints.web.base-path is /");
        assertThatThrownBy(() -> check(Map.of("server.address", "127.0.0.1", "spring.mvc.servlet.path", "/chat")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("spring.mvc.servlet.path is /chat");
    }

    @Test
    void letsWhoMeansItDoIt() {
        assertThatCode(() ->
                        check(Map.of("server.address", "0.0.0.0", "walcast.auth.allow-unauthenticated-remote", "true")))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(JWT)).doesNotThrowAnyException();
    }

    @Test
    void tellsOfWrongSettingsBeforeAnythingStarts() {
        assertThatThrownBy(() -> check(Map.of("walcast.auth.mode", "jwt")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("walcast.auth.jwt.issuer");
    }

    private static void check(Map<String, Object> properties) {
        var context = new GenericApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        new ExposureCheck().initialize(context);
    }
}
