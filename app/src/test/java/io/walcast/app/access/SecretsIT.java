package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.identity.TestTokens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the server was told in confidence is not told on: not in its log, however talkative, and not in an answer. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsIT {

    private static final String SHARED = "a secret that nobody else may see, 32 bytes at least";
    private static final String APP = "the-password-of-the-app";
    private static final String RELAY = "the-password-of-the-relay";
    private static final String KEY = "the-password-of-a-key";

    @Test
    void areNowhere(CapturedOutput output) {
        Map<String, Object> settings = Map.of(
                "walcast.auth.mode",
                "jwt",
                "walcast.auth.jwt.issuer",
                TestTokens.ISSUER,
                "walcast.auth.jwt.audience",
                TestTokens.AUDIENCE,
                "walcast.auth.jwt.secret",
                SHARED,
                "spring.datasource.password",
                APP,
                "walcast.relay.database.password",
                RELAY,
                "logging.level.io.debezium",
                "info",
                "logging.level.org.apache.kafka",
                "info",
                "logging.level.com.zaxxer.hikari",
                "debug",
                "logging.level.org.springframework.boot",
                "debug");
        var token = TestTokens.shared("operator", SHARED, "ops");
        try (var walcast = new WholeWalcast(settings, "?sslpassword=" + KEY)) {
            var bodies = new StringBuilder();
            for (String path : List.of(
                    "/actuator",
                    "/actuator/health",
                    "/actuator/prometheus",
                    "/ops/api/overview",
                    "/ops/api/slots/history",
                    "/ops/api/outbox",
                    "/ops/parked",
                    "/ops/api/audit",
                    "/conversations",
                    "/nothing",
                    "/api/openapi",
                    "/error")) {
                var answer =
                        walcast.send("GET", path, null, request -> request.header("Authorization", "Bearer " + token));
                assertThat(answer.statusCode()).as(path).isNotIn(401, 403, 500);
                bodies.append(answer.headers().map()).append(answer.body());
            }

            assertThat(bodies.toString()).doesNotContain(SHARED, APP, RELAY, KEY, token);
            assertThat(output.getAll())
                    .contains("database.password") // the connector's settings were printed
                    .doesNotContain(SHARED, APP, RELAY, KEY, token);
        }
    }
}
