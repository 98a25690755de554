package io.walcast.relay.ops.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.ops.RelayCondition;
import io.walcast.relay.ops.RelayState;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CanaryIT {

    private final TestDatabase database = TestDatabase.create();
    private final Outbox outbox = new Outbox(database);
    private RelayProcess relay;

    @BeforeEach
    void start() {
        relay = RelayProcess.start(
                database,
                Map.of(
                        "walcast.ops.canary.interval", "100ms",
                        "walcast.ops.canary.patience", "500ms",
                        "walcast.ops.canary.warm-up", "1s"));
    }

    @AfterEach
    void stop() {
        relay.close();
        database.close();
    }

    @Test
    void comesBackThroughTheWalAndIsMarked() {
        await().until(() ->
                relay.bean(MeterRegistry.class).get("walcast.canary").timer().count() > 2);
        assertThat(relay.bean(RelayCondition.class).now().state()).isEqualTo(RelayState.STREAMING);
        assertThat(outbox.jdbc()
                        .sql("select count(*) from outbox where topic = 'walcast.canary' and published_at is not null")
                        .query(Long.class)
                        .single())
                .isGreaterThan(2);
    }

    @Test
    void isMissedWhenItDoesNot() {
        await().until(() -> relay.bean(Canary.class).warm());
        outbox.jdbc().sql("""
                create function refuse() returns trigger language plpgsql
                as $$ begin raise 'no marks today'; end $$
                """).update();
        outbox.jdbc()
                .sql("create trigger refuse before update on outbox for each row execute function refuse()")
                .update();
        await().until(() -> relay.bean(RelayCondition.class).now().state() == RelayState.NOT_DELIVERING);
        assertThat(relay.bean(MeterRegistry.class)
                        .get("walcast.canary.overdue")
                        .gauge()
                        .value())
                .isPositive();
        outbox.jdbc().sql("drop trigger refuse on outbox").update();
        await().until(() -> relay.bean(RelayCondition.class).now().state() == RelayState.STREAMING);
    }

    /** On a database so quiet that the watchdog has nothing to go by. */
    @Test
    void isAReasonForAnotherEngineIfItDoesNotComeBack() throws Exception {
        assumeTrue(
                System.getProperty("walcast.test.database", "embedded").equals("embedded"),
                "PostgreSQL runs on this machine");
        await().until(() -> relay.bean(Canary.class).warm());
        await().until(() -> relay.bean(RelayCondition.class).now().state() == RelayState.STREAMING);
        var walsender = outbox.jdbc()
                .sql("select active_pid::text from pg_replication_slots where slot_name = ?")
                .param(database.name())
                .query(String.class)
                .single();
        signal("STOP", walsender);
        try {
            await().until(() -> relay.status().restarts() > 0);
        } finally {
            signal("CONT", walsender);
        }
        await().until(() -> relay.bean(RelayCondition.class).now().state() == RelayState.STREAMING);
    }

    private static void signal(String name, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }
}
