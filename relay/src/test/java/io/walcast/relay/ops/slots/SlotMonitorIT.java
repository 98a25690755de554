package io.walcast.relay.ops.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SlotMonitorIT {

    private static TestDatabase database;
    private static RelayProcess relay;
    private static Outbox outbox;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        relay = RelayProcess.start(
                database,
                Map.of("walcast.relay.database.username", "walcast_relay", "walcast.ops.slots.interval", "200ms"));
    }

    @AfterAll
    static void stop() {
        relay.close();
        database.close();
    }

    @Test
    void showsOurSlotAndWhoHoldsIt() {
        Sample sample = awaitSample(
                known -> known.ours().isPresent() && known.ours().get().slot().active());
        SlotReport ours = sample.ours().orElseThrow();
        assertThat(ours.slot().name()).isEqualTo(database.name());
        assertThat(ours.slot().client()).contains("walcast_relay");
        assertThat(ours.slot().walStatus()).isEqualTo("reserved");
        assertThat(ours.slot().safeBytes()).isPositive();
        assertThat(sample.keepBytes()).isEqualTo(2L << 30);
        assertThat(sample.volumeFreeBytes()).isPositive();
        assertThat(sample.slots().get(0)).isEqualTo(ours);
    }

    @Test
    void showsForeignSlotsOfTheServerToo() {
        String foreign = database.name() + "_foreign";
        outbox.jdbc()
                .sql("select pg_create_logical_replication_slot(?, 'pgoutput')")
                .param(foreign)
                .query()
                .singleRow();
        Sample sample = awaitSample(known ->
                known.slots().stream().anyMatch(report -> report.slot().name().equals(foreign)));
        assertThat(sample.slots())
                .filteredOn(report -> report.slot().name().equals(foreign))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.slot().ours()).isFalse();
                    assertThat(report.slot().active()).isFalse();
                });
        await().until(() -> relay.bean(MeterRegistry.class)
                        .find("walcast.slot.retained")
                        .tag("slot", foreign)
                        .gauge()
                != null);
    }

    @Test
    void namesTheTransactionThatHoldsTheWalBack() throws SQLException {
        try (Connection long0 = database.dataSource().getConnection();
                var statement = long0.createStatement()) {
            long0.setAutoCommit(false);
            statement.execute("set application_name = 'nightly report'");
            statement.execute("insert into conversations (id) values (gen_random_uuid())");
            Sample sample = awaitSample(known ->
                    known.holders().stream().anyMatch(holder -> holder.who().startsWith("nightly report")));
            assertThat(sample.holders())
                    .filteredOn(holder -> holder.who().startsWith("nightly report"))
                    .singleElement()
                    .satisfies(holder -> {
                        assertThat(holder.name()).startsWith("pid ");
                        assertThat(holder.state()).isEqualTo("idle in transaction");
                        assertThat(holder.query()).contains("insert into conversations");
                    });
            long0.rollback();
        }
    }

    @Test
    void countsWhatIsParked() {
        long id = outbox.append("a topic", "a key", "{}");
        outbox.jdbc()
                .sql("insert into outbox_parked (outbox_id) values (?)")
                .param(id)
                .update();
        Sample sample = awaitSample(known -> known.backlog().parked() > 0);
        assertThat(sample.backlog().parked()).isEqualTo(1);
        assertThat(sample.backlog().oldestParked()).isNotNull();
    }

    private static Sample awaitSample(Predicate<Sample> condition) {
        await().until(() ->
                relay.bean(SlotMonitor.class).newest().filter(condition).isPresent());
        return relay.bean(SlotMonitor.class).newest().orElseThrow();
    }
}
