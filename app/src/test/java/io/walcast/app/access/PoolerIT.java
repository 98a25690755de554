package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.PgBouncer;
import io.walcast.db.TestDatabase;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Posts go through a pooler, the relay past it; no session keeps a limit there, and they hold all the same. */
class PoolerIT {

    @Test
    void postsThroughItAreDeliveredAndEndAtALockedConversation() throws Exception {
        var database = TestDatabase.create();
        try (var pooler = PgBouncer.before(database);
                var walcast = new WholeWalcast(
                        database,
                        Map.of(
                                "spring.datasource.url", pooler.url(),
                                // Whatever a session would be given, it is not given here.
                                "spring.datasource.hikari.connection-init-sql", "select 1",
                                "walcast.relay.database.url", database.url()))) {
            var jdbc = JdbcClient.create(database.dataSource());
            var conversation = json(post(walcast, "/conversations", "{\"members\":[\"u2\"]}"))
                    .path("id")
                    .stringValue();
            IntStream.range(0, 50)
                    .parallel()
                    .forEach(i ->
                            assertThat(say(walcast, conversation).statusCode()).isEqualTo(201));
            await().until(() -> jdbc.sql("select count(*) from outbox where published_at is null")
                            .query(Long.class)
                            .single()
                    == 0);

            try (var lock = database.dataSource().getConnection()) {
                lock.setAutoCommit(false);
                try (var statement = lock.createStatement()) {
                    statement.execute("select from conversations for update");
                }
                var refused = say(walcast, conversation);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                lock.rollback();
            }
            assertThat(json(say(walcast, conversation)).path("seq").intValue()).isEqualTo(51);
        }
    }

    private static HttpResponse<String> say(WholeWalcast walcast, String conversation) {
        return post(
                walcast,
                "/messages",
                "{\"conversationId\":\"" + conversation + "\",\"type\":\"TEXT\",\"content\":\"hi\"}");
    }

    private static HttpResponse<String> post(WholeWalcast walcast, String path, String body) {
        return walcast.send("POST", path, body, request -> request.header("X-User-Id", "u1"));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
