package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.OpsView;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody takes the outbox out of the publication, and what is written meanwhile is in the WAL, and in no stream. */
@ExtendWith(FaultTable.class)
class PublicationAlteredIT {

    private static final String COLUMNS = "(id, topic, event_key, payload, headers, created_at)";
    private static final Duration NOTICE = Duration.ofSeconds(10);
    private static final Duration HELD = Duration.ofSeconds(5);

    @Test
    void whenTheOutboxIsTakenOut() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("outbox taken out of the publication", () -> {
                        sql(trial, "alter publication walcast drop table outbox");
                        awaitNamed(trial, "does not contain table outbox");
                        sql(trial, "alter publication walcast add table outbox " + COLUMNS);
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    @Test
    void whenItIsDroppedAndMadeAgain() throws Exception {
        try (var trial = Trial.start()) {
            trial.expose("publication dropped and made again", () -> {
                        sql(trial, "drop publication walcast");
                        awaitNamed(trial, "there is no publication walcast");
                        sql(
                                trial,
                                "create publication walcast for table outbox " + COLUMNS
                                        + " with (publish = 'insert')");
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }

    private static void awaitNamed(Trial trial, String cause) {
        var relay = trial.relays().stream()
                .filter(one -> one.isUp())
                .findFirst()
                .orElse(trial.relays().get(0));
        var ops = new OpsView(relay);
        await("health names it")
                .atMost(NOTICE)
                .until(() -> relay.relay().at("/details/reason").asString("").contains(cause));
        await("the metric of the alert does")
                .atMost(NOTICE)
                .until(() -> ops.metric("walcast_relay_obstacle{obstacle=\"PUBLICATION\"}") == 1);
        await("the console does")
                .atMost(NOTICE)
                .until(() -> ops.findings("ALARM").stream().anyMatch(finding -> finding.contains(cause)));
        trial.hold(HELD);
    }

    private static void sql(Trial trial, String statement) {
        trial.database().sql().sql(statement).update();
    }
}
