package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.identity.TestTokens;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Operations on a port of their own, where callers have tokens. */
class OpsPortIT {

    private static final TestTokens ISSUER = new TestTokens();
    private static final int OPS_PORT = WholeWalcast.freePort();
    private static WholeWalcast walcast;

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new HashMap<>(ISSUER.settings());
        settings.put("walcast.ops.port", OPS_PORT);
        walcast = new WholeWalcast(settings);
    }

    @AfterAll
    static void stop() {
        walcast.close();
        ISSUER.close();
    }

    @Test
    void needsTheAuthorityThereToo() {
        for (String path :
                List.of("/ops/parked", "/ops/api/overview", "/actuator", "/actuator/health", "/actuator/prometheus")) {
            assertThat(status(OPS_PORT, path, null)).as(path).isEqualTo(401);
            assertThat(status(OPS_PORT, path, ISSUER.forged("operator")))
                    .as(path)
                    .isEqualTo(401);
            assertThat(status(OPS_PORT, path, ISSUER.of("member"))).as(path).isEqualTo(403);
        }
        for (String path : List.of("/ops/parked", "/actuator", "/actuator/prometheus")) {
            assertThat(status(OPS_PORT, path, ISSUER.of("operator", "ops")))
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void whoActsIsWrittenDown() {
        var acting = walcast.send(OPS_PORT, "POST", "/ops/sweep", "{}", bearer(ISSUER.of("operator", "ops")));
        assertThat(acting.statusCode()).isEqualTo(202);
        var audit = walcast.send(OPS_PORT, "GET", "/ops/api/audit", null, bearer(ISSUER.of("auditor", "ops")));
        assertThat(audit.body()).contains("\"who\":\"operator\"").doesNotContain("somebody");
    }

    @Test
    void isTheOnlyPortForOperations() {
        for (String path : List.of("/ops", "/ops/parked", "/actuator", "/actuator/health", "/actuator/prometheus")) {
            assertThat(status(walcast.port(), path, ISSUER.of("operator", "ops")))
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void isForNothingElse() {
        for (String path : List.of(
                "/",
                "/walcast.js",
                "/conversations",
                "/problems",
                "/api",
                "/ws",
                "/socket.io/?EIO=4&transport=polling")) {
            assertThat(status(OPS_PORT, path, ISSUER.of("member", "ops")))
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void servesTheConsolePageWithoutAToken() {
        assertThat(status(OPS_PORT, "/ops/index.html", null)).isEqualTo(200);
    }

    @Test
    void tellsLoadBalancersTheStatusOnBoth() {
        for (int port : new int[] {OPS_PORT, walcast.port()}) {
            assertThat(status(port, "/actuator/health/readiness", null)).isEqualTo(200);
            assertThat(status(port, "/actuator/health/liveness", null)).isEqualTo(200);
        }
    }

    private static int status(int port, String path, @org.jspecify.annotations.Nullable String token) {
        return walcast.send(port, "GET", path, null, token == null ? request -> {} : bearer(token))
                .statusCode();
    }

    private static Consumer<HttpRequest.Builder> bearer(String token) {
        return request -> request.header("Authorization", "Bearer " + token);
    }
}
