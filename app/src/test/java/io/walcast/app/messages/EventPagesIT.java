package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log has a place for each event, without gaps, and leads a client to what the tables hold. */
@RestTest
class EventPagesIT {

    private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");
    private static final String THUMBS_UP = "\uD83D\uDC4D";

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private JdbcClient superuser;
    private String conversation;

    @BeforeEach
    void create() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
    }

    /** What a client knows that applies each state with a higher version than the one that it has. */
    private final class Client {

        private long pos;
        private final Map<String, JsonNode> messages = new TreeMap<>();
        private final Map<String, JsonNode> reactions = new TreeMap<>();
        private final Map<String, JsonNode> members = new TreeMap<>();
        private final Map<String, JsonNode> titles = new TreeMap<>();

        void readOn(int limit) {
            var path = "/conversations/" + conversation + "/events?pos=" + pos + "&limit=" + limit;
            while (!path.isEmpty()) {
                Answer page = rest.get(path, "u1");
                assertThat(page.status()).as(page.body()).isEqualTo(200);
                page.json().forEach(item -> apply(item.path("event").asString(), item.path("data")));
                var next = NEXT.matcher(page.header("Link"));
                path = next.matches() ? next.group(1) : "";
            }
        }

        void apply(String event, JsonNode data) {
            assertThat(data.path("conversationId").asString()).isEqualTo(conversation);
            assertThat(data.path("from").asLong()).as("no hole before " + data).isEqualTo(pos);
            assertThat(data.path("pos").asLong()).isGreaterThan(pos);
            pos = data.path("pos").asLong();
            switch (event) {
                case "message.created", "message.edited", "message.deleted" -> {
                    keep(messages, data.path("messageId").asString(), data.path("message"));
                    if (data.path("message").has("deletedAt")) {
                        reactions.remove(data.path("messageId").asString());
                    }
                }
                case "reactions.changed" ->
                    keep(reactions, data.path("messageId").asString(), data);
                case "member.added", "member.removed", "member.changed" ->
                    keep(members, data.path("userId").asString(), data);
                case "conversation.changed" -> keep(titles, conversation, data.path("conversation"));
                default -> assertThat(event).isEqualTo("log.position");
            }
        }

        private void keep(Map<String, JsonNode> states, String subject, JsonNode state) {
            var known = states.get(subject);
            if (known == null
                    || known.path("version").asLong() <= state.path("version").asLong()) {
                states.put(subject, state);
            }
        }

        void assertEqualsTheTables() {
            var shown = rest.get("/conversations/" + conversation, "u1").json();
            assertThat(pos).isEqualTo(shown.path("lastPos").asLong());
            if (!titles.isEmpty()) {
                assertThat(titles.get(conversation).path("title")).isEqualTo(shown.path("title"));
                assertThat(titles.get(conversation).path("version")).isEqualTo(shown.path("version"));
            }
            assertThat(members.entrySet().stream()
                            .filter(member -> member.getValue().has("role"))
                            .map(Map.Entry::getKey))
                    .containsExactlyElementsOf(shown.path("members")
                            .valueStream()
                            .map(JsonNode::asString)
                            .toList());
            var history = history();
            assertThat(messages).hasSize(history.size());
            history.forEach(message -> {
                var known = messages.get(message.path("id").asString());
                for (var field : List.of("seq", "senderId", "content", "version", "editedAt", "deletedAt")) {
                    assertThat(known.path(field)).as(field + " of " + message).isEqualTo(message.path(field));
                }
                var state = reactions.get(message.path("id").asString());
                assertThat(state == null ? JsonMapper.shared().missingNode() : state.path("reactions"))
                        .isEqualTo(message.path("reactions"));
            });
        }
    }

    private List<JsonNode> history() {
        List<JsonNode> messages = new ArrayList<>();
        var path = "/conversations/" + conversation + "/messages?limit=1000";
        while (!path.isEmpty()) {
            Answer page = rest.get(path, "u1");
            page.json().forEach(messages::add);
            var next = NEXT.matcher(page.header("Link"));
            path = next.matches() ? next.group(1) : "";
        }
        return messages;
    }

    @Test
    void eventsOfYourOwnHaveTheNameOfTheSettingsAndOnlyAPlaceWithoutOne() {
        for (String topic : List.of("orders", "invoices")) {
            superuser
                    .sql("select append_event(?::uuid, ?, 'a subject', '{\"total\": 7}')")
                    .params(conversation, topic)
                    .query(Long.class)
                    .single();
        }

        var log = rest.get("/conversations/" + conversation + "/events?pos=2", "u2")
                .json();

        assertThat(log.valueStream().map(item -> item.path("event").asString()))
                .containsExactly("order.placed", "log.position");
        assertThat(log.at("/0/data/subject").asString()).isEqualTo("a subject");
        assertThat(log.at("/0/data/payload/total").asInt()).isEqualTo(7);
        assertThat(log.at("/1/data/pos").asLong()).isEqualTo(4);
    }

    @Test
    void carriesThePresentStateOfEachSubjectAndLeavesOutWhatIsSuperseded() {
        var first = rest.say(conversation, "u1", "one").text("id");
        rest.edit(first, "u1", "two");
        rest.put("/conversations/" + conversation + "/members/u3", "u1");
        rest.edit(first, "u1", "three");
        rest.delete("/conversations/" + conversation + "/members/u3", "u1");
        rest.say(conversation, "u2", "four");

        var log = rest.get("/conversations/" + conversation + "/events", "u2").json();

        assertThat(log.valueStream()
                        .map(item -> item.path("event").asString() + " "
                                + item.path("data").path("from").asInt() + "-"
                                + item.path("data").path("pos").asInt()))
                .containsExactly(
                        "member.added 0-1",
                        "member.added 1-2",
                        "message.created 2-3",
                        "message.edited 3-6",
                        "member.removed 6-7",
                        "message.created 7-8");
        assertThat(log.path(2).path("data").path("message").path("content").asString())
                .as("never what was")
                .isEqualTo("three");
        assertThat(log.path(4).path("data").has("role")).isFalse();
    }

    @Test
    void isTheSameNothingForAStrangerAndEndsWhereItEnds() {
        var path = "/conversations/" + conversation + "/events";
        assertThat(rest.get(path, "u3").status()).isEqualTo(404);
        assertThat(rest.get(path + "?pos=2", "u1").json()).isEmpty();
        assertThat(rest.get(path + "?pos=2", "u1").header("Link")).isEmpty();

        var beyond = rest.get(path + "?pos=3", "u1");

        assertThat(beyond.status()).isEqualTo(409);
        assertThat(beyond.text("code")).isEqualTo("history_changed");
    }

    /** A conversation and messages as the release before left them. */
    @Test
    void beginsWithMessagesThatAreOlderThanTheLog() {
        conversation = UUID.randomUUID().toString();
        superuser
                .sql("insert into conversations (id, last_seq) values (?::uuid, 2)")
                .param(conversation)
                .update();
        superuser
                .sql("insert into members (conversation_id, user_id, role) values (?::uuid, 'u1', 'owner')")
                .param(conversation)
                .update();
        superuser.sql("""
                insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
                select gen_random_uuid(), ?::uuid, n, 'u1', 'TEXT', 'old ' || n, now(), 0 from generate_series(1, 2) n
                """).param(conversation).update();
        superuser
                .sql("update messages set pos = null where conversation_id = ?::uuid")
                .param(conversation)
                .update();
        assertThat(history())
                .extracting(message -> message.path("version").asInt())
                .containsExactly(1, 2);
        var old = history().get(0).path("id").asString();

        assertThat(rest.edit(old, "u1", "new", "If-Match", "\"1\"").text("version"))
                .isEqualTo("3");
        rest.say(conversation, "u1", "young");
        rest.put("/conversations/" + conversation + "/members/u2", "u1");

        var log = rest.get("/conversations/" + conversation + "/events", "u1").json();
        assertThat(log.valueStream()
                        .map(item -> item.path("event").asString() + " "
                                + item.path("data").path("pos").asInt()))
                .containsExactly(
                        "message.created 1",
                        "message.created 2",
                        "message.edited 3",
                        "message.created 4",
                        "member.added 5");
    }

    @Test
    void isCutByBytes() {
        for (int i = 0; i < 20; i++) {
            rest.say(conversation, "u1", "x".repeat(64 * 1024));
        }
        var page = rest.get("/conversations/" + conversation + "/events?limit=1000", "u1");
        assertThat(page.body().length()).isLessThan(600 * 1024);
        assertThat(NEXT.matcher(page.header("Link")).matches()).isTrue();

        var client = new Client();
        client.readOn(1000);
        client.assertEqualsTheTables();
    }

    @Test
    void isCutByTheBytesOfEditsAsWell() {
        for (int i = 0; i < 20; i++) {
            rest.edit(rest.say(conversation, "u1", "short").text("id"), "u1", "x".repeat(64 * 1024));
        }
        var page = rest.get("/conversations/" + conversation + "/events?limit=1000", "u1");
        assertThat(page.body().length()).isLessThan(600 * 1024);

        var client = new Client();
        client.readOn(1000);
        client.assertEqualsTheTables();
    }

    @Test
    void hasNoGapWhateverHappensAtTheSameTime() {
        List<String> messages = new CopyOnWriteArrayList<>();
        messages.add(rest.say(conversation, "u1", "first").text("id"));
        var early = new Client();
        early.readOn(3);
        List<Consumer<Random>> changes = List.of(
                random -> messages.add(
                        rest.say(conversation, "u1", "post " + random.nextInt()).text("id")),
                random -> rest.edit(any(messages, random), "u1", "edit " + random.nextInt()),
                random -> rest.put(RestClient.reaction(any(messages, random), THUMBS_UP), "u2"),
                random -> rest.delete(RestClient.reaction(any(messages, random), THUMBS_UP), "u2"),
                random -> rest.put("/conversations/" + conversation + "/members/u" + (3 + random.nextInt(3)), "u1"),
                random -> rest.delete("/conversations/" + conversation + "/members/u" + (3 + random.nextInt(3)), "u1"),
                random ->
                        rest.patch("/conversations/" + conversation, "u1", "{\"title\":\"" + random.nextInt(5) + "\"}"),
                random -> rest.put(
                        "/conversations/" + conversation + "/read", "u2", "{\"seq\":" + random.nextInt(99) + "}"));

        var clients = IntStream.range(0, 6)
                .mapToObj(number -> CompletableFuture.runAsync(() -> {
                    var random = new Random(number);
                    for (int i = 0; i < 80; i++) {
                        if (i % 20 == 19) {
                            rest.delete("/messages/" + any(messages, random), "u1");
                        }
                        changes.get(random.nextInt(changes.size())).accept(random);
                    }
                }))
                .toList();
        clients.forEach(CompletableFuture::join);

        var late = new Client();
        late.readOn(7);
        late.assertEqualsTheTables();
        early.readOn(1000);
        early.assertEqualsTheTables();

        // Each place is in the outbox once, except for those of the creation, which share a row.
        List<Long> places = superuser
                .sql(
                        "select (payload ->> 'pos')::bigint from outbox where event_key = ? and payload ->> 'pos' is not null order by 1")
                .param(conversation)
                .query(Long.class)
                .list();
        List<Long> all = new ArrayList<>();
        for (long pos = 2; pos <= late.pos; pos++) {
            all.add(pos);
        }
        assertThat(places).isEqualTo(all);
        assertThat(superuser.sql("""
                        select count(*) from (
                            select (payload ->> 'pos')::bigint as pos, lag((payload ->> 'pos')::bigint) over (order by id) as before
                            from outbox where event_key = ? and payload ->> 'pos' is not null) rows
                        where before >= pos
                        """).param(conversation).query(Long.class).single())
                .as("rows whose ids and places have another order")
                .isZero();
    }

    private static String any(List<String> messages, Random random) {
        return messages.get(random.nextInt(messages.size()));
    }
}
