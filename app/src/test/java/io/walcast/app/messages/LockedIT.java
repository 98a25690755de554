package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Somebody else holds what posts need: they end, nothing of them is stored later, and nobody else waits. */
@RestTest
class LockedIT {

    private static final int POSTS = 20;
    private static final Duration SECONDS = Duration.ofSeconds(8);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private final ExecutorService clients = Executors.newFixedThreadPool(POSTS);
    private JdbcClient jdbc;
    private String conversation;
    private String another;

    @BeforeEach
    void create() {
        jdbc = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
        another = rest.conversation("u1", "u2");
        assertThat(rest.say(another, "u1", "warm").status()).isEqualTo(201);
    }

    @AfterEach
    void end() {
        clients.shutdown();
    }

    @Test
    void aLockedConversationHoldsUpNoOther() throws SQLException {
        try (var lock = lock("select from conversations where id = '" + conversation + "' for update")) {
            var answers = all(i -> rest.say(conversation, "u1", "no. " + i));
            while (!answers.isDone()) {
                assertAtOnce(() -> rest.say(another, "u1", "hi"), 201);
                assertAtOnce(() -> rest.get("/conversations", "u1"), 200);
                assertAtOnce(() -> rest.get("/conversations/" + conversation + "/messages", "u2"), 200);
            }
            assertUnavailable(answers.join());
            assertThat(rest.put("/conversations/" + conversation + "/members/u3", "u1")
                            .status())
                    .isEqualTo(503);
            await("no backend is left behind").until(() -> backendsThatWait() == 0);
            lock.commit();
        }
        assertNothingIsStoredOf(conversation);
        assertThat(rest.say(conversation, "u1", "hi").text("seq")).isEqualTo("1");
    }

    @Test
    void aLockedOutboxHoldsUpNoRead() throws SQLException {
        var conversations =
                IntStream.range(0, POSTS).mapToObj(i -> rest.conversation("u1")).toList();
        try (var lock = lock("lock table outbox in access exclusive mode")) {
            var answers = all(i -> rest.say(conversations.get(i), "u1", "hi"));
            while (!answers.isDone()) {
                assertAtOnce(() -> rest.get("/conversations", "u1"), 200);
                assertAtOnce(() -> rest.get("/conversations/" + another + "/messages", "u2"), 200);
            }
            assertUnavailable(answers.join());
            await("no backend is left behind").until(() -> backendsThatWait() == 0);
            lock.commit();
        }
        conversations.forEach(this::assertNothingIsStoredOf);
        assertThat(rest.say(conversations.get(0), "u1", "hi").status()).isEqualTo(201);
    }

    @Test
    void aCommitThatIsNotConfirmedIsAnswered503AndTheKeyTells() {
        jdbc.sql("alter system set synchronous_standby_names = 'nobody'").update();
        jdbc.sql("select pg_reload_conf()").query().listOfRows();
        try {
            await().until(() -> setting("synchronous_standby_names").equals("nobody"));
            var answers = all(i -> say(i, "not confirmed"));
            while (!answers.isDone()) {
                jdbc.sql("""
                        select pg_cancel_backend(pid) from pg_stat_activity
                        where wait_event = 'SyncRep' and datname = current_database()
                        """).query().listOfRows();
            }
            assertUnavailable(answers.join());
        } finally {
            jdbc.sql("alter system reset synchronous_standby_names").update();
            jdbc.sql("select pg_reload_conf()").query().listOfRows();
            await().until(() -> setting("synchronous_standby_names").isEmpty());
        }
        assertThat(IntStream.range(0, POSTS)
                        .mapToObj(i -> say(i, "not confirmed").text("seq")))
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, POSTS)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(say(POSTS, "next").text("seq")).isEqualTo(Integer.toString(POSTS + 1));
    }

    private Answer say(int number, String content) {
        return rest.say(conversation, "u1", content, "Idempotency-Key", conversation + number);
    }

    private Connection lock(String sql) throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private CompletableFuture<List<Answer>> all(IntFunction<Answer> post) {
        var begun = System.nanoTime();
        var answers = IntStream.range(0, POSTS)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> post.apply(i), clients))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SECONDS);
                    return answers.stream().map(CompletableFuture::join).toList();
                });
    }

    private static void assertAtOnce(Supplier<Answer> request, int status) {
        var begun = System.nanoTime();
        assertThat(request.get().status()).isEqualTo(status);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
    }

    private static void assertUnavailable(List<Answer> answers) {
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.text("code")).isIn("unavailable", "overloaded");
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 5);
        });
    }

    private void assertNothingIsStoredOf(String id) {
        assertThat(jdbc.sql("select count(*) from messages where conversation_id = ?::uuid")
                        .param(id)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private long backendsThatWait() {
        return jdbc.sql("""
                select count(*) from pg_stat_activity
                where datname = current_database() and usename = 'walcast_app_login' and wait_event_type = 'Lock'
                """).query(Long.class).single();
    }

    private String setting(String name) {
        return jdbc.sql("select current_setting(?)")
                .param(name)
                .query(String.class)
                .single();
    }
}
