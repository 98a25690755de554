package io.walcast.relay.ops.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.ops.OpsClient;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConsoleIT {

    private static final JsonMapper JSON = new JsonMapper();

    private static TestDatabase database;
    private static Outbox outbox;
    private static RelayProcess relay;
    private static OpsClient client;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        relay = RelayProcess.start(
                database,
                Map.of("walcast.relay.database.username", "walcast_relay", "walcast.ops.slots.interval", "200ms"));
        client = new OpsClient(relay);
    }

    @AfterAll
    static void stop() {
        relay.close();
        database.close();
    }

    @Test
    void showsOneMomentOfTheRelay() {
        UUID conversation = outbox.conversation();
        outbox.post(conversation, 3);
        await().until(() -> outbox.unpublished() == 0);
        await().until(() -> !overview().path("slots").isMissingNode()
                && overview().path("stages").get(3).path("samples").asInt() >= 3);
        JsonNode overview = overview();
        assertThat(overview.path("relay").path("state").asString()).isEqualTo("STREAMING");
        assertThat(overview.path("findings").get(0).path("level").asString()).isNotEmpty();
        assertThat(overview.path("slots")
                        .path("slots")
                        .get(0)
                        .path("slot")
                        .path("name")
                        .asString())
                .isEqualTo(database.name());
        assertThat(overview.path("stages").get(0).path("median").asDouble()).isPositive();
        assertThat(overview.path("log").toString()).contains("Relay: STREAMING");
        assertThat(get("/ops/api/slots/history").path(database.name()).size()).isPositive();
    }

    @Test
    void servesThePageAndItsPlotLibrary() {
        assertThat(client.get("/ops").body()).contains("<title>Walcast operations</title>");
        assertThat(client.get("/ops/uplot/uPlot.esm.js").statusCode()).isEqualTo(200);
        assertThat(client.get("/ops/uplot/uPlot.min.css").statusCode()).isEqualTo(200);
    }

    @Test
    void findsRowsByStateTopicAndConversation() {
        long first = outbox.append("found.topic", "key-1", "{\"a\": 1}");
        long second = outbox.append("found.topic", "key-2", "{}");
        await().until(() -> outbox.unpublished() == 0);
        assertThat(ids("topic=found.topic")).contains(first, second);
        assertThat(ids("topic=found.topic&conversation=key-1")).containsExactly(first);
        assertThat(ids("state=PENDING&topic=found.topic")).isEmpty();
        long parked = outbox.append("found.topic", "key-3", "{}");
        outbox.jdbc()
                .sql("insert into outbox_parked (outbox_id) values (?)")
                .param(parked)
                .update();
        assertThat(ids("state=PARKED&topic=&conversation=key-3")).containsExactly(parked);
        assertThat(get("/ops/api/outbox/" + first).path("payload").asString()).isEqualTo("{\"a\": 1}");
        assertThat(client.get("/ops/api/outbox/0").statusCode()).isEqualTo(404);
        assertThat(client.get("/ops/api/outbox?state=odd").statusCode()).isEqualTo(400);
    }

    private static Iterable<Long> ids(String query) {
        return get("/ops/api/outbox?" + query).findValues("id").stream()
                .map(JsonNode::longValue)
                .toList();
    }

    private static JsonNode overview() {
        return get("/ops/api/overview");
    }

    private static JsonNode get(String path) {
        return JSON.readTree(client.get(path).body());
    }
}
