package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Posts that share a statement, on a real server. A lock that somebody holds makes them wait for each other. */
@RestTest
class PostGroupIT {

    private static final int POSTS = 40;

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    private JdbcClient superuser;
    private TransactionTemplate transactions;
    private String conversation;

    @BeforeEach
    void createConversation() {
        var dataSource = database.dataSource();
        superuser = JdbcClient.create(dataSource);
        transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        conversation = rest.conversation("u1", "u2");
    }

    @AfterEach
    void stopClients() {
        clients.shutdownNow();
    }

    @Test
    void aGroupIsNumberedInOrderWithoutGaps() throws Exception {
        var answers = whileLocked(i -> rest.say(conversation, "u1", "text " + i));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(seqs())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, POSTS).boxed().toList());
        assertThat(superuser.sql("""
                        select count(*) from messages m
                        where conversation_id = cast(? as uuid)
                          and (outbox_id, created_at) < (
                            select max(e.outbox_id), max(e.created_at) from messages e
                            where e.conversation_id = m.conversation_id and e.seq < m.seq)
                        """).param(conversation).query(Long.class).single())
                .isZero();
        assertThat(superuser.sql("""
                        select count(*) from messages m join outbox o on o.id = m.outbox_id
                        where conversation_id = cast(? as uuid) and o.event_key = m.conversation_id::text
                          and (o.payload -> 'message' ->> 'seq')::bigint = m.seq
                          and o.payload -> 'message' ->> 'content' = m.content
                        """).param(conversation).query(Long.class).single())
                .isEqualTo(POSTS);
        // They were one statement, and the one before it.
        assertThat(superuser.sql("""
                        select count(distinct xmin::text) from messages where conversation_id = cast(? as uuid)
                        """).param(conversation).query(Long.class).single())
                .isLessThanOrEqualTo(POSTS / 4);
    }

    @Test
    void onePostThatCannotBeStoredCostsTheOthersNothing() throws Exception {
        superuser
                .sql("alter table messages add constraint no_poison check (content <> 'poison')")
                .update();
        try {
            var answers = whileLocked(i -> rest.say(conversation, "u1", i % 10 == 3 ? "poison" : "text " + i));

            assertThat(answers).extracting(Answer::status).containsOnly(201, 500);
            assertThat(answers).filteredOn(answer -> answer.status() == 500).hasSize(POSTS / 10);
            assertThat(seqs())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, POSTS - POSTS / 10)
                            .boxed()
                            .toList());
        } finally {
            superuser.sql("alter table messages drop constraint no_poison").update();
        }
    }

    @Test
    void eachPostGetsTheAnswerThatItWouldGetAlone() throws Exception {
        var elsewhere = rest.say(rest.conversation("u1"), "u1", "hi").text("id");
        var answers = whileLocked(i -> switch (i % 4) {
            case 0 -> rest.say(conversation, "u1", "text", "Idempotency-Key", "key-" + conversation);
            case 1 -> rest.say(conversation, "stranger", "text");
            case 2 -> rest.post("/messages", "u2", """
                    {"conversationId":"%s","type":"TEXT","content":"x","parentId":"%s"}""".formatted(conversation, elsewhere));
            default -> rest.say(conversation, "u2", "text");
        });

        for (int i = 0; i < POSTS; i++) {
            assertThat(answers.get(i).status())
                    .isEqualTo(
                            switch (i % 4) {
                                case 1 -> 404;
                                case 2 -> 422;
                                default -> 201;
                            });
        }
        assertThat(IntStream.range(0, POSTS / 4)
                        .mapToObj(i -> answers.get(4 * i).text("id")))
                .containsOnly(answers.get(0).text("id"));
        assertThat(seqs()).hasSize(POSTS / 4 + 1);
    }

    @Test
    void aConversationThatSomebodyHasLockedStopsItsOwnPostsOnly() throws Exception {
        var other = rest.conversation("u1");
        List<Future<Answer>> locked = transactions.execute(transaction -> {
            lock();
            var sent = send(i -> rest.say(conversation, "u1", "text " + i));
            await().until(() -> waitingBackends() == 1);
            for (int i = 1; i <= 20; i++) {
                assertThat(rest.say(other, "u1", "hi").status()).isEqualTo(201);
            }
            await().until(() -> sent.stream().allMatch(Future::isDone));
            assertThat(waitingBackends()).isLessThanOrEqualTo(1);
            return sent;
        });

        for (var post : locked) {
            assertThat(post.get().status()).isEqualTo(503);
            assertThat(post.get().text("code")).isEqualTo("overloaded");
            assertThat(Integer.parseInt(post.get().header("Retry-After"))).isBetween(1, 5);
        }
        assertThat(rest.say(conversation, "u1", "free").json().path("seq").asInt())
                .isEqualTo(1);
        assertThat(seqs()).containsExactly(1L);
    }

    /** Has as many posts wait for a lock, then lets them go; returns their answers. */
    private List<Answer> whileLocked(IntFunction<Answer> post) throws Exception {
        List<Future<Answer>> sent = transactions.execute(transaction -> {
            lock();
            var posts = send(post);
            await().until(() -> waitingBackends() == 1);
            return posts;
        });
        List<Answer> answers = new ArrayList<>();
        for (var answer : sent) {
            answers.add(answer.get());
        }
        return answers;
    }

    private List<Future<Answer>> send(IntFunction<Answer> post) {
        return IntStream.range(0, POSTS)
                .mapToObj(i -> clients.submit(() -> post.apply(i)))
                .toList();
    }

    private void lock() {
        superuser
                .sql("select from conversations where id = cast(? as uuid) for update")
                .param(conversation)
                .query()
                .singleRow();
    }

    /** Asked outside the transaction, in which the answer would stay the same. */
    private long waitingBackends() {
        return JdbcClient.create(database.dataSource())
                .sql("""
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """)
                .query(Long.class)
                .single();
    }

    private List<Long> seqs() {
        return superuser
                .sql("select seq from messages where conversation_id = cast(? as uuid) order by seq")
                .param(conversation)
                .query(Long.class)
                .list();
    }
}
