package io.walcast.relay.ops.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.ops.OpsClient;
import io.walcast.relay.wal.WalStatus.State;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What ops may do, with the rights that the relay has in production. */
class ActionsIT {

    private static TestDatabase database;
    private static Outbox outbox;
    private static RelayProcess relay;
    private static OpsClient client;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        // Leaves a test the time to make one.
        outbox.jdbc()
                .sql("alter database " + database.name() + " set deadlock_timeout = '2s'")
                .update();
        relay = RelayProcess.start(database, Map.of("walcast.relay.database.username", "walcast_relay"));
        client = new OpsClient(relay);
    }

    @AfterAll
    static void stop() {
        relay.close();
        database.close();
    }

    @Test
    void sendsAllParkedRowsAgain() {
        park(outbox.append("a topic", "a", "{}"));
        park(outbox.append("a topic", "b", "{}"));
        assertThat(client.post("/ops/parked/redrive").body()).isEqualTo("{\"redriven\":2}");
        await().until(() -> outbox.unpublished() == 0);
        assertThat(client.get("/ops/parked").body()).isEqualTo("[]");
        assertLastEntry("redrive", "all parked rows", "2 rows sent again");
    }

    @Test
    void redrivesAfterADeadlockWithAnEdit() throws Exception {
        UUID conversation = UUID.randomUUID();
        UUID message = UUID.randomUUID();
        long row = outbox.append("a topic", conversation.toString(), "{\"messageId\": \"" + message + "\"}");
        outbox.jdbc()
                .sql("insert into conversations (id) values (?)")
                .param(conversation)
                .update();
        outbox.jdbc()
                .sql("insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)"
                        + " values (?, ?, 1, 'ada', 'TEXT', 'hello', now(), ?)")
                .params(message, conversation, row)
                .update();
        park(row);
        var connection = new SingleConnectionDataSource(database.dataSource().getConnection(), true);
        try {
            JdbcClient edit = JdbcClient.create(connection);
            // So that it is the redrive which PostgreSQL ends.
            edit.sql("set deadlock_timeout = '1min'").update();
            edit.sql("begin").update();
            edit.sql("update messages set content = 'edited' where id = ?")
                    .param(message)
                    .update();
            var redrive = CompletableFuture.supplyAsync(() -> client.post("/ops/parked/redrive"));
            await().until(() -> outbox.jdbc()
                            .sql("select count(*) from pg_locks l join pg_stat_activity a using (pid)"
                                    + " where not l.granted and a.query like '%redrive_outbox(%' and a.datname = ?")
                            .param(database.name())
                            .query(Long.class)
                            .single()
                    > 0);
            edit.sql("update outbox set payload = '{}' where id = ?").param(row).update();
            edit.sql("commit").update();
            assertThat(redrive.get(1, TimeUnit.MINUTES).body()).isEqualTo("{\"redriven\":1}");
        } finally {
            connection.destroy();
        }
        await().until(() -> outbox.unpublished() == 0);
    }

    @Test
    void restartsTheEngine() {
        long restarts = relay.status().restarts();
        assertThat(client.post("/ops/engine/restart").statusCode()).isEqualTo(202);
        await().until(() -> relay.status().restarts() == restarts + 1);
        relay.awaitStreaming();
        assertLastEntry("restart", database.name(), "asked for");
    }

    @Test
    void sweeps() {
        long restarts = relay.status().restarts();
        assertThat(client.post("/ops/sweep").statusCode()).isEqualTo(202);
        await().until(() -> relay.status().restarts() > restarts);
        relay.awaitStreaming();
        assertLastEntry("sweep", database.name(), "asked for");
    }

    @Test
    void refusesWhatAStandbyCannotDoAndLeavesASweepToTheOwner() {
        try (var standby = RelayProcess.launch(database, Map.of("walcast.relay.database.username", "walcast_relay"))) {
            await().until(() -> standby.status().state() == State.STANDBY);
            var other = new OpsClient(standby);
            assertThat(other.post("/ops/engine/restart").statusCode()).isEqualTo(409);
            long restarts = relay.status().restarts();
            assertThat(other.post("/ops/sweep").statusCode()).isEqualTo(202);
            await().until(() -> relay.status().restarts() > restarts);
            relay.awaitStreaming();
        }
    }

    @Test
    void dropsAForeignSlotThatNobodyReads() {
        String foreign = database.name() + "_foreign";
        outbox.jdbc()
                .sql("select pg_create_logical_replication_slot(?, 'pgoutput')")
                .param(foreign)
                .query()
                .singleRow();
        assertThat(client.post("/ops/slots/" + foreign + "/drop").statusCode()).isEqualTo(204);
        assertThat(outbox.jdbc()
                        .sql("select count(*) from pg_replication_slots where slot_name = ?")
                        .param(foreign)
                        .query(Long.class)
                        .single())
                .isZero();
        assertLastEntry("drop slot", foreign, "dropped");
    }

    @Test
    void dropsNeitherOurSlotNorOneThatIsNotThere() {
        assertThat(client.post("/ops/slots/" + database.name() + "/drop").statusCode())
                .isEqualTo(409);
        assertThat(client.post("/ops/slots/nowhere/drop").statusCode()).isEqualTo(404);
    }

    @Test
    void doesNothingThatItCannotWriteDown() {
        outbox.jdbc().sql("alter table ops_audit rename to gone").update();
        try {
            long restarts = relay.status().restarts();
            assertThat(client.post("/ops/engine/restart").statusCode()).isGreaterThanOrEqualTo(500);
            assertThat(relay.status().restarts()).isEqualTo(restarts);
        } finally {
            outbox.jdbc().sql("alter table gone rename to ops_audit").update();
        }
    }

    @Test
    void writesDownWhatFailed() {
        outbox.jdbc().sql("alter function redrive_outbox rename to gone").update();
        try {
            park(outbox.append("a topic", "c", "{}"));
            assertThat(client.post("/ops/parked/redrive").statusCode()).isGreaterThanOrEqualTo(500);
            assertThat(relay.bean(AuditLog.class).newest(1))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.outcome()).startsWith("failed: "));
        } finally {
            outbox.jdbc().sql("alter function gone rename to redrive_outbox").update();
            client.post("/ops/parked/redrive");
        }
    }

    @Test
    void takesNoFormsWhichAForeignPageCouldSend() {
        assertThat(client.postForm("/ops/parked/redrive").statusCode()).isEqualTo(415);
        assertThat(client.postForm("/ops/engine/restart").statusCode()).isEqualTo(415);
        assertThat(client.postForm("/ops/slots/any/drop").statusCode()).isEqualTo(415);
    }

    private static void park(long id) {
        outbox.jdbc()
                .sql("insert into outbox_parked (outbox_id) values (?)")
                .param(id)
                .update();
    }

    private static void assertLastEntry(String action, String subject, String outcome) {
        assertThat(relay.bean(AuditLog.class).newest(10)).anySatisfy(entry -> {
            assertThat(entry.action()).isEqualTo(action);
            assertThat(entry.subject()).isEqualTo(subject);
            assertThat(entry.outcome()).isEqualTo(outcome);
            assertThat(entry.who()).contains("127.0.0.1");
        });
    }
}
