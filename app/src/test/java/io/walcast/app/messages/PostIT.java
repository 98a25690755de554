package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import io.walcast.identity.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestTest
class PostIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    @Autowired
    private JdbcClient app;

    @Autowired
    private Posting posting;

    @Autowired
    private TransactionOperations transactions;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    private JdbcClient superuser;
    private String conversation;

    @BeforeEach
    void createConversation() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
    }

    @AfterEach
    void stopClients() {
        clients.shutdownNow();
    }

    @Test
    void answersWithExactlyWhatTheOutboxRowCarries() {
        var parent = rest.say(conversation, "u2", "hi").text("id");
        var content = "Grüße \"quoted\" \\ \n\t \u0001 \uD83D\uDE00 </script>";
        var body = JsonMapper.shared().createObjectNode();
        body.put("conversationId", conversation).put("type", "TEXT").put("content", content);
        body.put("parentId", parent);

        var answer = rest.post("/messages", "u1", body.toString());

        assertThat(answer.status()).isEqualTo(201);
        var message = answer.json();
        assertThat(message.propertyNames())
                .containsExactly(
                        "id",
                        "conversationId",
                        "senderId",
                        "type",
                        "content",
                        "parentId",
                        "seq",
                        "createdAt",
                        "version");
        assertThat(message.path("content").asString()).isEqualTo(content);
        assertThat(message.path("senderId").asString()).isEqualTo("u1");
        assertThat(message.path("parentId").asString()).isEqualTo(parent);
        assertThat(message.path("seq").asInt()).isEqualTo(2);
        assertThat(message.path("createdAt").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");

        var payload = payloadOf(message.path("id").asString());
        assertThat(payload.propertyNames())
                .containsExactlyInAnyOrder("messageId", "conversationId", "from", "pos", "message");
        assertThat(message.path("version").asInt())
                .as("two members were added before")
                .isEqualTo(4);
        assertThat(payload.path("pos")).isEqualTo(message.path("version"));
        assertThat(payload.path("from").asInt()).isEqualTo(3);
        assertThat(payload.path("messageId")).isEqualTo(message.path("id"));
        assertThat(payload.path("conversationId").asString()).isEqualTo(conversation);
        assertThat(payload.path("message")).isEqualTo(message);
    }

    @Test
    void keepsTimesOfWholeSecondsInTheSameForm() {
        var id = rest.say(conversation, "u1", "hi").text("id");
        superuser
                .sql("update messages set created_at = date_trunc('second', created_at) where id = cast(? as uuid)")
                .param(id)
                .update();

        var history = rest.get("/conversations/" + conversation + "/messages", "u1");

        assertThat(history.json().path(0).path("createdAt").asString()).endsWith(".000000Z");
    }

    @Test
    void putsTheEventUnderTheConversationAndTheMembersTopic() {
        rest.say(conversation, "u1", "hi");

        assertThat(superuser
                        .sql(
                                "select topic from outbox where event_key = ? and topic <> 'messaging.conversation_created'")
                        .param(conversation)
                        .query(String.class)
                        .list())
                .containsExactly("messaging.message_created");
    }

    @Test
    void acceptsAnImageWithoutContent() {
        var answer =
                rest.post("/messages", "u1", "{\"conversationId\":\"%s\",\"type\":\"IMAGE\"}".formatted(conversation));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("content").isNull()).isTrue();
        assertThat(answer.json().path("parentId").isNull()).isTrue();
        assertThat(payloadOf(answer.text("id")).path("message")).isEqualTo(answer.json());
    }

    @Test
    void acceptsContentOfExactly64KiB() {
        assertThat(rest.say(conversation, "u1", "é".repeat(32 * 1024)).status()).isEqualTo(201);
    }

    @Test
    void numbersConcurrentPostsWithoutGapsInTheOrderOfTheirOutboxRows() throws Exception {
        var posts = 25;
        atOnce(8, () -> {
            for (var i = 0; i < posts; i++) {
                assertThat(rest.say(conversation, "u1", "hi").status()).isEqualTo(201);
            }
            return true;
        });

        var seqs = superuser
                .sql("select seq from messages where conversation_id = cast(? as uuid) order by outbox_id")
                .param(conversation)
                .query(Long.class)
                .list();
        assertThat(seqs)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 8 * posts).boxed().toList());
        var byTime = superuser
                .sql("select seq from messages where conversation_id = cast(? as uuid) order by created_at, seq")
                .param(conversation)
                .query(Long.class)
                .list();
        assertThat(byTime).isEqualTo(seqs);
        assertThat(lastSeq()).isEqualTo(8 * posts);
        assertThat(outboxRows()).isEqualTo(8 * posts);
    }

    @Test
    void storesOneMessageForFiftyConcurrentPostsWithOneKey() throws Exception {
        var answers = atOnce(50, () -> rest.say(conversation, "u1", "once", "Idempotency-Key", "k-" + conversation));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers).extracting(Answer::body).containsOnly(answers.get(0).body());
        assertThat(outboxRows()).isEqualTo(1);
        assertThat(rest.say(conversation, "u1", "next").json().path("seq").asInt())
                .isEqualTo(2);
    }

    @Test
    void storesOneMessageForOneKeyInTwoConversationsAtOnce() throws Exception {
        var other = rest.conversation("u1");
        var first = new CountDownLatch(1);
        var answers = IntStream.range(0, 20)
                .mapToObj(i -> clients.submit(() -> {
                    first.await();
                    return rest.say(i % 2 == 0 ? conversation : other, "u1", "once", "Idempotency-Key", "k-" + other);
                }))
                .toList();
        first.countDown();

        assertThat(all(answers)).extracting(Answer::status).containsOnly(201, 422);
        assertThat(superuser
                        .sql("select count(*) from messages where idempotency_key = ?")
                        .param("k-" + other)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void repeatsTheFirstAnswerAndWritesNothing() {
        var key = "k-" + conversation;
        var first = rest.say(conversation, "u1", "once", "Idempotency-Key", key);
        rest.say(conversation, "u2", "between");

        var second = rest.say(conversation, "u1", "once", "Idempotency-Key", key);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(outboxRows()).isEqualTo(2);
        assertThat(lastSeq()).isEqualTo(2);
    }

    @Test
    void refusesAKeyForAnotherMessage() {
        var key = "k-" + conversation;
        rest.say(conversation, "u1", "once", "Idempotency-Key", key);

        var otherContent = rest.say(conversation, "u1", "twice", "Idempotency-Key", key);
        var otherType = rest.post(
                "/messages",
                "u1",
                RestClient.text(conversation, "once").replace("TEXT", "FILE"),
                "Idempotency-Key",
                key);
        var otherConversation = rest.say(rest.conversation("u1"), "u1", "once", "Idempotency-Key", key);

        assertThat(List.of(otherContent, otherType, otherConversation)).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.text("code")).isEqualTo("idempotency_key_reused");
        });
        assertThat(outboxRows()).isEqualTo(1);
    }

    @Test
    void givesEachSenderKeysOfTheirOwn() {
        var key = "k-" + conversation;
        var mine = rest.say(conversation, "u1", "once", "Idempotency-Key", key);
        var theirs = rest.say(conversation, "u2", "something else", "Idempotency-Key", key);

        assertThat(theirs.status()).isEqualTo(201);
        assertThat(theirs.text("id")).isNotEqualTo(mine.text("id"));
    }

    @Test
    void tellsARemovedSenderThatTheirEarlierPostWasMadeAndNothingElse() {
        var key = "k-" + conversation;
        var first = rest.say(conversation, "u2", "bye", "Idempotency-Key", key);
        rest.delete("/conversations/" + conversation + "/members/u2", "u1");

        assertThat(rest.say(conversation, "u2", "bye", "Idempotency-Key", key).body())
                .isEqualTo(first.body());
        assertThat(rest.say(conversation, "u2", "again", "Idempotency-Key", key + "-2")
                        .status())
                .isEqualTo(404);
        assertThat(rest.say(conversation, "u3", "bye", "Idempotency-Key", key).status())
                .isEqualTo(404);
    }

    @Test
    void rollsBackWithTheCallersTransaction() {
        rest.say(conversation, "u1", "one");
        var post = new NewMessage(UUID.fromString(conversation), NewMessage.Type.TEXT, "never", null);

        transactions.executeWithoutResult(transaction -> {
            assertThat(posting.post(new UserId("u1"), post, null).seq()).isEqualTo(2);
            assertThat(posting.post(new UserId("u1"), post, "k-" + conversation).seq())
                    .isEqualTo(3);
            transaction.setRollbackOnly();
        });

        assertThat(lastSeq()).isEqualTo(1);
        assertThat(outboxRows()).isEqualTo(1);
        assertThat(rest.say(conversation, "u1", "two").json().path("seq").asInt())
                .isEqualTo(2);
    }

    @Test
    void hasNoMessageWithoutItsOutboxRow() {
        superuser
                .sql("alter table messages add constraint refuse check (content <> 'refuse me')")
                .update();
        try {
            assertThat(rest.say(conversation, "u1", "refuse me").status()).isEqualTo(500);
        } finally {
            superuser.sql("alter table messages drop constraint refuse").update();
        }

        assertThat(lastSeq()).isZero();
        assertThat(outboxRows()).isZero();
    }

    @Test
    void tellsAStrangerNothing() {
        var mine = rest.say(conversation, "u1", "hi").text("id");
        var unknown = UUID.randomUUID().toString();
        for (var parent : List.of("", ",\"parentId\":\"" + mine + "\"", ",\"parentId\":\"" + unknown + "\"")) {
            var body = "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"x\"" + parent + "}";

            var ofStranger = rest.post("/messages", "u3", body.formatted(conversation));
            var ofUnknown = rest.post("/messages", "u3", body.formatted(unknown));

            assertThat(ofStranger.status()).isEqualTo(404);
            assertThat(ofStranger.text("code")).isEqualTo("not_found");
            assertThat(ofStranger.body()).isEqualTo(ofUnknown.body());
        }
        assertThat(lastSeq()).isEqualTo(1);
    }

    @Test
    void refusesAParentThatIsNotInTheConversation() {
        var elsewhere = rest.say(rest.conversation("u1"), "u1", "hi").text("id");
        for (var parent : List.of(elsewhere, UUID.randomUUID().toString())) {
            var answer = rest.post(
                    "/messages",
                    "u1",
                    "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"x\",\"parentId\":\"%s\"}"
                            .formatted(conversation, parent));

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.text("code")).isEqualTo("parent_not_found");
        }
        assertThat(lastSeq()).isZero();
    }

    @Test
    void answersUnavailableAndWritesNothingIfTheConnectionBreaksUnderAPost() throws Exception {
        var key = "k-" + conversation;
        var post = transactions.execute(transaction -> {
            app.sql("select from conversations where id = cast(? as uuid) for update")
                    .param(conversation)
                    .query()
                    .singleRow();
            var waiting = clients.submit(() -> rest.say(conversation, "u1", "hi", "Idempotency-Key", key));
            var pid = awaitPostThatWaitsForALock();
            superuser.sql("select pg_terminate_backend(?)").param(pid).query().singleRow();
            return waiting;
        });

        assertThat(post.get().status()).isEqualTo(503);
        assertThat(post.get().text("code")).isEqualTo("unavailable");
        assertThat(Integer.parseInt(post.get().header("Retry-After"))).isBetween(1, 5);
        assertThat(lastSeq()).isZero();
        assertThat(outboxRows()).isZero();
        assertThat(rest.say(conversation, "u1", "hi", "Idempotency-Key", key)
                        .json()
                        .path("seq")
                        .asInt())
                .isEqualTo(1);
    }

    private int awaitPostThatWaitsForALock() {
        return await().until(() -> superuser.sql("""
                                        select pid from pg_stat_activity
                                        where datname = current_database() and wait_event_type = 'Lock'
                                          and query like '%append_messages%'
                                        """).query(Integer.class).optional(), pid -> pid.isPresent())
                .orElseThrow();
    }

    private JsonNode payloadOf(String messageId) {
        return JsonMapper.shared()
                .readTree(
                        superuser.sql("""
                                select o.payload from outbox o join messages m on m.outbox_id = o.id
                                where m.id = cast(? as uuid)
                                """).param(messageId).query(String.class).single());
    }

    private long lastSeq() {
        return superuser
                .sql("select last_seq from conversations where id = cast(? as uuid)")
                .param(conversation)
                .query(Long.class)
                .single();
    }

    private long outboxRows() {
        return superuser
                .sql("select count(*) from outbox where event_key = ? and topic = 'messaging.message_created'")
                .param(conversation)
                .query(Long.class)
                .single();
    }

    private <T> List<T> atOnce(int count, Callable<T> task) throws Exception {
        var start = new CountDownLatch(1);
        var results = IntStream.range(0, count)
                .mapToObj(i -> clients.submit(() -> {
                    start.await();
                    return task.call();
                }))
                .toList();
        start.countDown();
        return all(results);
    }

    private static <T> List<T> all(List<Future<T>> futures) throws InterruptedException, ExecutionException {
        var results = new ArrayList<T>();
        for (var future : futures) {
            results.add(future.get());
        }
        return results;
    }
}
