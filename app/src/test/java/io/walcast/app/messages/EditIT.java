package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Editing and deleting messages. */
@RestTest
class EditIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private JdbcClient superuser;
    private String conversation;
    private String message;

    @BeforeEach
    void post() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
        message = rest.say(conversation, "u2", "hello").text("id");
    }

    @Test
    void replacesTheContentAndTellsTheClients() {
        var edited = rest.edit(message, "u2", "hello, world");

        assertThat(edited.status()).isEqualTo(200);
        assertThat(edited.text("content")).isEqualTo("hello, world");
        assertThat(edited.text("seq")).isEqualTo("1");
        assertThat(edited.text("version")).as("members, message, edit").isEqualTo("4");
        assertThat(edited.text("editedAt")).matches("\\d{4}-.*\\.\\d{6}Z");
        assertThat(edited.json().has("deletedAt")).isFalse();
        assertThat(edited.header("ETag")).isEqualTo("\"4\"");
        assertThat(get("u1").body()).isEqualTo(edited.body());
        assertThat(get("u1").header("ETag")).isEqualTo("\"4\"");
        assertThat(history().path(0)).isEqualTo(edited.json());

        var payload = newestPayload("messaging.message_edited");
        assertThat(payload.propertyNames())
                .containsExactlyInAnyOrder("conversationId", "messageId", "from", "pos", "message");
        assertThat(payload.path("from").asInt()).isEqualTo(3);
        assertThat(payload.path("pos").asInt()).isEqualTo(4);
        assertThat(payload.path("message")).isEqualTo(edited.json());
    }

    @Test
    void doesNotMoveTheConversationInLists() {
        var before = rest.get("/conversations/" + conversation, "u1").text("updatedAt");

        rest.edit(message, "u2", "hello, world");
        rest.delete("/messages/" + message, "u2");

        assertThat(rest.get("/conversations/" + conversation, "u1").text("updatedAt"))
                .isEqualTo(before);
    }

    @Test
    void writesNothingForARepeatEvenWithAnOldVersion() {
        var first = rest.edit(message, "u2", "hello, world", "If-Match", "\"3\"");

        var second = rest.edit(message, "u2", "hello, world", "If-Match", "\"3\"");

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(outboxRows("messaging.message_edited")).isEqualTo(1);
    }

    @Test
    void refusesAnEditOfAnotherVersion() {
        var etag = get("u2").header("ETag");
        assertThat(rest.edit(message, "u2", "two", "If-Match", etag).status()).isEqualTo(200);

        var late = rest.edit(message, "u2", "three", "If-Match", etag);

        assertThat(late.status()).isEqualTo(412);
        assertThat(late.text("code")).isEqualTo("version_mismatch");
        assertThat(get("u2").text("content")).isEqualTo("two");
        assertThat(rest.edit(message, "u2", "three", "If-Match", "*").status()).isEqualTo(200);
    }

    @Test
    void isForItsSenderAlone() {
        var byOwner = rest.edit(message, "u1", "mine");
        assertThat(byOwner.status()).isEqualTo(403);
        assertThat(byOwner.text("code")).isEqualTo("not_the_sender");
        var unknown = UUID.randomUUID().toString();
        for (var ofStranger : List.of(
                rest.edit(message, "u3", "x"),
                rest.delete("/messages/" + message, "u3"),
                rest.get("/messages/" + message, "u3"),
                rest.put(RestClient.reaction(message, "\uD83D\uDC4D"), "u3"))) {
            assertThat(ofStranger.status()).isEqualTo(404);
            assertThat(ofStranger.text("detail"))
                    .isEqualTo(rest.get("/messages/" + unknown, "u3").text("detail"));
        }
        rest.delete("/conversations/" + conversation + "/members/u2", "u1");
        assertThat(rest.edit(message, "u2", "gone").status()).isEqualTo(404);
        assertThat(outboxRows("messaging.message_edited")).isZero();
    }

    @Test
    void keepsATextFromBeingEmptiedAndLetsACaptionGo() {
        var empty = rest.edit(message, "u2", "");
        assertThat(empty.status()).isEqualTo(400);
        assertThat(empty.json().path("errors").path(0).path("field").asString()).isEqualTo("content");

        var image = rest.post(
                        "/messages",
                        "u2",
                        RestClient.text(conversation, "caption").replace("TEXT", "IMAGE"))
                .text("id");
        assertThat(rest.edit(image, "u2", "").status()).isEqualTo(200);
    }

    @Test
    void deletesContentAndReactionsAndKeepsThePlace() {
        rest.put(RestClient.reaction(message, "\uD83D\uDC4D"), "u1");

        assertThat(rest.delete("/messages/" + message, "u2").status()).isEqualTo(204);

        var deleted = get("u1").json();
        assertThat(deleted.path("content").isNull()).isTrue();
        assertThat(deleted.path("seq").asInt()).isEqualTo(1);
        assertThat(deleted.path("version").asInt()).isEqualTo(5);
        assertThat(deleted.has("deletedAt")).isTrue();
        assertThat(deleted.has("reactions")).isFalse();
        assertThat(newestPayload("messaging.message_deleted").path("message")).isEqualTo(deleted);
        assertThat(rest.say(conversation, "u1", "next").text("seq")).isEqualTo("2");

        assertThat(rest.delete("/messages/" + message, "u2").status()).isEqualTo(204);
        assertThat(outboxRows("messaging.message_deleted")).isEqualTo(1);
        for (var late : List.of(
                rest.edit(message, "u2", "back"), rest.put(RestClient.reaction(message, "\uD83D\uDC4D"), "u1"))) {
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.text("code")).isEqualTo("message_deleted");
        }
    }

    @Test
    void isDeletedByItsSenderAndByOwners() {
        var ofOwner = rest.say(conversation, "u1", "mine").text("id");
        var byMember = rest.delete("/messages/" + ofOwner, "u2");
        assertThat(byMember.status()).isEqualTo(403);
        assertThat(byMember.text("code")).isEqualTo("not_an_owner");

        assertThat(rest.delete("/messages/" + message, "u1").status()).isEqualTo(204);
        assertThat(rest.delete("/messages/" + ofOwner, "u1").status()).isEqualTo(204);
    }

    @Test
    void aRepeatOfThePostIsKnownAfterAnEditAndAnswersTheMessageAsItIs() {
        var key = "k-" + conversation;
        var id = rest.say(conversation, "u1", "first", "Idempotency-Key", key).text("id");
        rest.edit(id, "u1", "second");
        rest.edit(id, "u1", "third");

        var repeat = rest.say(conversation, "u1", "first", "Idempotency-Key", key);

        assertThat(repeat.status()).isEqualTo(201);
        assertThat(repeat.text("id")).isEqualTo(id);
        assertThat(repeat.text("content")).isEqualTo("third");
        assertThat(repeat.json().has("editedAt")).isTrue();
        for (var other : List.of("second", "third")) {
            assertThat(rest.say(conversation, "u1", other, "Idempotency-Key", key)
                            .text("code"))
                    .isEqualTo("idempotency_key_reused");
        }

        rest.delete("/messages/" + id, "u1");
        var afterDeletion = rest.say(conversation, "u1", "first", "Idempotency-Key", key);
        assertThat(afterDeletion.status()).isEqualTo(201);
        assertThat(afterDeletion.text("id")).isEqualTo(id);
        assertThat(afterDeletion.json().path("content").isNull()).isTrue();
        assertThat(superuser
                        .sql("select posted_digest is null from messages where id = ?::uuid")
                        .param(id)
                        .query(Boolean.class)
                        .single())
                .as("nothing is kept of what was posted")
                .isTrue();
    }

    @Test
    void aThousandEditsKeepOneRowOfTheLog() {
        for (int i = 1; i <= 1_000; i++) {
            assertThat(rest.edit(message, "u2", "edit " + i).status()).isEqualTo(200);
        }

        assertThat(superuser
                        .sql("select count(*) from conversation_events where conversation_id = ?::uuid and pos > 3")
                        .param(conversation)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        var log = rest.get("/conversations/" + conversation + "/events?pos=3", "u1")
                .json();
        assertThat(log).hasSize(1);
        assertThat(log.path(0).path("event").asString()).isEqualTo("message.edited");
        assertThat(log.path(0).path("data").path("from").asInt()).isEqualTo(3);
        assertThat(log.path(0).path("data").path("pos").asInt()).isEqualTo(1_003);
        assertThat(log.path(0).path("data").path("message").path("content").asString())
                .isEqualTo("edit 1000");
    }

    @Test
    void twoEditsOfOneVersionAtOnceAreOneEdit() {
        var edits = IntStream.range(0, 6)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> rest.edit(message, "u2", "no. " + i, "If-Match", "\"3\"")))
                .toList();

        assertThat(edits.stream().map(CompletableFuture::join).map(Answer::status))
                .containsExactlyInAnyOrder(200, 412, 412, 412, 412, 412);
        assertThat(outboxRows("messaging.message_edited")).isEqualTo(1);
    }

    @Test
    void anEditThatMeetsMarksInADeadlockIsTriedAgain() throws Exception {
        // What marks the two rows of the message takes them in the other order.
        rest.edit(message, "u2", "two");
        List<Long> rows = superuser
                .sql("select id from outbox where event_key = ? and payload ->> 'messageId' = ? order by id")
                .params(conversation, message)
                .query(Long.class)
                .list();
        try (var marks = database.dataSource().getConnection();
                var statement = marks.createStatement()) {
            marks.setAutoCommit(false);
            statement.execute("set deadlock_timeout = '1min'");
            statement.execute("update outbox set attempts = 1 where id = " + rows.get(1));
            var edit = CompletableFuture.supplyAsync(() -> rest.edit(message, "u2", "three"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> superuser.sql("""
                            select count(*) from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock' and query like '%edit_message%'
                            """).query(Long.class).single() > 0);
            statement.execute("update outbox set attempts = 1 where id = " + rows.get(0));
            marks.commit();

            assertThat(edit.join().status()).isEqualTo(200);
        }
        assertThat(get("u2").text("content")).isEqualTo("three");
    }

    private Answer get(String user) {
        return rest.get("/messages/" + message, user);
    }

    private JsonNode history() {
        return rest.get("/conversations/" + conversation + "/messages", "u1").json();
    }

    private JsonNode newestPayload(String topic) {
        return JsonMapper.shared()
                .readTree(superuser
                        .sql("select payload from outbox where event_key = ? and topic = ? order by id desc limit 1")
                        .params(conversation, topic)
                        .query(String.class)
                        .single());
    }

    private long outboxRows(String topic) {
        return superuser
                .sql("select count(*) from outbox where event_key = ? and topic = ?")
                .params(conversation, topic)
                .query(Long.class)
                .single();
    }
}
