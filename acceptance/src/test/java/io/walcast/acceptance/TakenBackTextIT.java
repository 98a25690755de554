package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A text that was edited away or deleted is nowhere any more: in no table, no replay, no page, no console and no log. */
class TakenBackTextIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String TABLES = """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p', 'm')
            """;

    @TempDir
    Path directory;

    private final List<String> secrets = new ArrayList<>();
    private RestClient rest;
    private UUID conversation;

    @Test
    void whileTheRelayRunsAndWhileItIsDown() throws Exception {
        try (var database = Database.start(Map.of());
                var deployment = new Deployment(Topology.STANDBY, database, false, directory).start()) {
            rest = new RestClient(deployment.rest());
            conversation = rest.createConversation();

            var before = post();
            try (var live = new Wire(deployment.liveGateway(), conversation)) {
                takeBackTwo(post(), post());
                awaitMarked(database);
                live.await("deleted and edited live", 2);
            }

            deployment.relays().forEach(WalcastProcess::kill);
            var edited = post();
            var deleted = post();
            change("PATCH", edited, "{\"content\":\"%s\"}".formatted(secret()));
            takeBackTwo(edited, deleted);
            change("DELETE", before, null);
            deployment.relays().forEach(WalcastProcess::launch);
            deployment.owner();
            try (var late = new Wire(deployment.liveGateway(), conversation)) {
                awaitMarked(database);
                late.await("what happened while no relay ran", 5);
                assertThat(late.heard()).doesNotContain(secrets);
            }

            for (var table : database.sql().sql(TABLES).query(String.class).list()) {
                assertThat(secretsIn(String.join("\n", rows(database, table))))
                        .as("texts in table %s", table)
                        .isEmpty();
            }
            var paths = List.of(
                    "/conversations/" + conversation + "/messages",
                    "/conversations/" + conversation + "/events?pos=0",
                    "/conversations");
            for (var path : paths) {
                assertThat(secretsIn(rest.get(path).toString())).as(path).isEmpty();
            }
            assertConsoleShowsNone(database, deployment.owner());
            assertLogsHaveNone();
        }
    }

    /** Edits the one, which gets a text that may stay, and deletes the other. */
    private void takeBackTwo(String edited, String deleted) {
        change("PATCH", edited, "{\"content\":\"harmless\"}");
        change("DELETE", deleted, null);
    }

    private String post() {
        return rest.post(conversation, secret()).path("id").stringValue();
    }

    private String secret() {
        secrets.add("secret-" + UUID.randomUUID());
        return secrets.get(secrets.size() - 1);
    }

    private void change(String method, String message, String body) {
        var answer = rest.change(method, "/messages/" + message, body, RestClient.POSTER)
                .join();
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    private static void awaitMarked(Database database) {
        await("all rows are marked").atMost(LIMIT).until(() -> database.unmarked() == 0);
    }

    private static List<String> rows(Database database, String table) {
        return database.sql()
                .sql("select t::text from %s t".formatted(table))
                .query(String.class)
                .list();
    }

    private List<String> secretsIn(String text) {
        return secrets.stream().filter(text::contains).toList();
    }

    private void assertConsoleShowsNone(Database database, WalcastProcess relay) throws Exception {
        var pages = new ArrayList<>(List.of("/ops/api/overview", "/ops/api/outbox", "/ops/parked", "/ops/api/audit"));
        database.sql()
                .sql("select id from outbox where topic like 'messaging.%'")
                .query(Long.class)
                .list()
                .forEach(id -> pages.add("/ops/api/outbox/" + id));
        for (var page : pages) {
            var answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(relay.uri("http", page)).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            assertThat(secretsIn(answer.body())).as(page).isEmpty();
        }
    }

    private void assertLogsHaveNone() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(secretsIn(Files.readString(file, StandardCharsets.ISO_8859_1)))
                        .as("texts in %s", file)
                        .isEmpty();
            }
        }
    }

    static boolean isChange(JsonNode frame) {
        var event = frame.path("event").asString("");
        return event.equals("message.deleted")
                || event.equals("message.edited")
                || frame.path("data").path("message").has("deletedAt");
    }
}
