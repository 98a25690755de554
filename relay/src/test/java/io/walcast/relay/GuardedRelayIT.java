package io.walcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.db.TestDatabase;
import io.walcast.identity.TestTokens;
import io.walcast.relay.wal.WalSupervisor;
import io.walcast.startup.StartupException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The relay in a process of its own has the same guards, though nothing of REST is there. */
class GuardedRelayIT {

    private static final TestTokens ISSUER = new TestTokens();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestDatabase database;
    private static ConfigurableApplicationContext relay;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        relay = start(ISSUER.settings());
        Awaitility.await().until(() -> status("/actuator/health/readiness") == 200);
    }

    @AfterAll
    static void stop() {
        relay.close();
        database.close();
        ISSUER.close();
    }

    @Test
    void letsOnlyOpsOperate() {
        for (String path : List.of("/ops/parked", "/ops/api/overview", "/actuator/prometheus")) {
            assertThat(status(path)).as(path).isEqualTo(401);
            assertThat(status(path, "X-User-Id", "operator")).as(path).isEqualTo(401);
            assertThat(status(path, "Authorization", "Bearer " + ISSUER.forged("operator")))
                    .as(path)
                    .isEqualTo(401);
            assertThat(status(path, "Authorization", "Bearer " + ISSUER.of("member")))
                    .as(path)
                    .isEqualTo(403);
            assertThat(status(path, "Authorization", "Bearer " + ISSUER.of("operator", "ops")))
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void believesTokensAndNoNames() {
        assertThat(open("Authorization", "Bearer " + ISSUER.of("member")).isOutputClosed())
                .isFalse();
        assertThatThrownBy(() -> open("Authorization", "Bearer " + ISSUER.unsigned("member")))
                .hasStackTraceContaining("401");
        assertThatThrownBy(() -> open("Origin", "https://evil.example")).hasStackTraceContaining("403");
    }

    @Test
    void aRollingUpdateNeedNotWaitForAStandbyToBeReady() {
        assertThat(status("/actuator/health/rollout")).isEqualTo(200);
        try (var standby = start(ISSUER.settings())) {
            Awaitility.await().until(() -> status(standby, "/actuator/health/rollout") == 200);
            assertThat(status(standby, "/actuator/health/readiness")).isEqualTo(503);

            // An update must not continue after a relay that is not well.
            standby.getBean(WalSupervisor.class).stop();
            assertThat(status(standby, "/actuator/health/rollout")).isEqualTo(503);
        }
    }

    @Test
    void doesNotStartWhereItBelievesEveryoneAndOthersReachIt() {
        assertThatThrownBy(() -> start(Map.of("server.address", "0.0.0.0")).close())
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("server.address is 0.0.0.0");
    }

    private static ConfigurableApplicationContext start(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "server.port",
                0,
                "spring.datasource.url",
                database.url(),
                "spring.datasource.username",
                "walcast_relay",
                "walcast.relay.slot",
                database.name()));
        all.putAll(settings);
        return new SpringApplicationBuilder(WalcastRelay.class)
                .properties("spring.config.name=walcast,relay,application")
                .registerShutdownHook(false)
                .run(all.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    private static WebSocket open(String header, String value) {
        return HTTP.newWebSocketBuilder()
                .header(header, value)
                .buildAsync(URI.create("ws://127.0.0.1:" + port() + "/ws"), new WebSocket.Listener() {})
                .join();
    }

    private static int status(String path, String... headers) {
        return status(relay, path, headers);
    }

    private static int status(ConfigurableApplicationContext process, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(process) + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).join().statusCode();
    }

    private static int port() {
        return port(relay);
    }

    private static int port(ConfigurableApplicationContext process) {
        return process.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }
}
