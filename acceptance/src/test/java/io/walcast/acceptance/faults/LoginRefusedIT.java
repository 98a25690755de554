package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** PostgreSQL refuses the relay, as while a password is being changed; when it is right again nobody has to click. */
@ExtendWith(FaultTable.class)
class LoginRefusedIT {

    private static final Duration NOTICE = Duration.ofSeconds(10);
    private static final Duration REFUSED = Duration.ofMinutes(1);
    private static final Duration AFTER_LONGEST_PAUSE = Duration.ofSeconds(20);

    @Test
    void forAMinute() throws Exception {
        try (var trial = Trial.start()) {
            var relay = trial.walcast();
            var verdict = trial.expose("login of the relay refused for a minute", () -> {
                        sql(trial, "alter role walcast_relay nologin");
                        sql(
                                trial,
                                "do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity"
                                        + " where usename = 'walcast_relay'; end $$");
                        await("health says so")
                                .atMost(NOTICE)
                                .until(() -> relay.relay()
                                        .at("/details/state")
                                        .asString("")
                                        .equals("FAILED"));
                        await("the metric does")
                                .atMost(NOTICE)
                                .until(() -> new OpsView(relay).metric("walcast_relay_state{state=\"FAILED\"}") == 1);
                        trial.hold(REFUSED);
                        sql(trial, "alter role walcast_relay login");
                    })
                    .assertFlawless();
            assertThat(verdict.recovery()).isLessThan(AFTER_LONGEST_PAUSE);
        }
    }

    private static void sql(Trial trial, String statement) {
        trial.database().sql().sql(statement).update();
    }
}
