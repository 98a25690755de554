package io.walcast.app.conversations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.limits.WriteShares;
import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import io.walcast.identity.UserId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RestTest
class ReadMarkersIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    @Autowired
    private ConversationLock members;

    @Autowired
    private ReadStatement statement;

    @Autowired
    private WriteShares shares;

    private JdbcClient superuser;
    private String conversation;

    @BeforeEach
    void create() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
        for (int i = 1; i <= 5; i++) {
            rest.say(conversation, "u1", "message " + i);
        }
    }

    @Test
    void movesForwardWithAnEventAndCountsWhatIsUnread() {
        assertThat(of("u2").json().path("unread").asInt()).isEqualTo(5);

        assertThat(read("u2", 3).status()).isEqualTo(204);

        assertThat(of("u2").json().path("readSeq").asInt()).isEqualTo(3);
        assertThat(of("u2").json().path("unread").asInt()).isEqualTo(2);
        assertThat(of("u1").json().path("readSeq").asInt()).isZero();
        assertThat(events())
                .containsExactly(
                        "{\"seq\": 3, \"userId\": \"u2\", \"conversationId\": \"%s\"}".formatted(conversation));
        assertThat(of("u2").json().path("lastPos").asInt())
                .as("has no place in the log")
                .isEqualTo(7);
    }

    @Test
    void aLockedMembershipHoldsUpItsOwnMarkerOnly() throws Exception {
        try (var connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (var lock = connection.prepareStatement(
                    "select from members where conversation_id = ?::uuid and user_id = 'u2' for update")) {
                lock.setString(1, conversation);
                lock.execute();
            }
            for (int seq = 1; seq <= 2; seq++) { // at once, and among those that wait
                assertThat(read("u2", seq).status()).isEqualTo(204);
                assertThat(read("u1", seq).status()).isEqualTo(204);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> readSeq("u1") == 2);
            assertThat(readSeq("u2")).isZero();
            connection.rollback();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> readSeq("u2") == 2);
    }

    @Test
    void neverMovesBackOrBeyondTheNewestMessage() {
        read("u2", 99);
        await().atMost(Duration.ofSeconds(30)).until(() -> readSeq("u2") == 5);
        read("u2", 2);
        read("u1", 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> readSeq("u1") == 1);

        assertThat(readSeq("u2")).isEqualTo(5);
        assertThat(events()).hasSize(2);
    }

    @Test
    void writesTheHighestOfThoseThatComeWithinASecond() {
        read("u2", 1);
        for (int seq : List.of(3, 5, 2, 4)) {
            assertThat(read("u2", seq).status()).isEqualTo(204);
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> readSeq("u2") == 5);
        // As many as a slow machine had seconds for, and never one that is lower than an earlier one.
        assertThat(events()).hasSizeBetween(2, 5).isSorted();
        assertThat(events().get(events().size() - 1)).contains("\"seq\": 5");
    }

    @Test
    void areWrittenWhenTheApplicationStops() throws InterruptedException {
        var own = new ReadMarkers(members, statement, shares);
        own.read(UUID.fromString(conversation), new UserId("u2"), 1);
        own.read(UUID.fromString(conversation), new UserId("u2"), 4);

        own.destroy();

        assertThat(readSeq("u2")).isEqualTo(4);
    }

    @Test
    void waitsForNoLockOfTheConversation() throws Exception {
        try (var lock = database.dataSource().getConnection();
                var sql = lock.createStatement()) {
            lock.setAutoCommit(false);
            sql.execute("select from conversations where id = '" + conversation + "' for update");

            assertThat(read("u2", 5).status()).isEqualTo(204);
            assertThat(readSeq("u2")).isEqualTo(5);
        }
    }

    @Test
    void isOverForOneWhoWasRemoved() {
        read("u2", 1);
        rest.delete("/conversations/" + conversation + "/members/u2", "u1");

        assertThat(read("u2", 2).status()).isEqualTo(404);
        assertThat(read("u3", 2).status()).isEqualTo(404);
        assertThat(events()).hasSize(1);
    }

    @Test
    void aListShowsTheNewestMessage() {
        var text = "é".repeat(300);
        var posted = rest.say(conversation, "u2", text).json();

        var newest = of("u1").json().path("lastMessage");

        assertThat(newest.propertyNames())
                .containsExactly("id", "senderId", "type", "content", "seq", "createdAt", "version");
        assertThat(newest.path("content").asString()).isEqualTo("é".repeat(200));
        assertThat(newest.path("id")).isEqualTo(posted.path("id"));
        assertThat(newest.path("version")).isEqualTo(posted.path("version"));
        rest.delete("/messages/" + posted.path("id").asString(), "u2");
        assertThat(of("u1").json().path("lastMessage").path("content").isNull()).isTrue();
        assertThat(of("u1").json().path("lastMessage").has("deletedAt")).isTrue();
        var list = rest.get("/conversations?limit=1", "u1").json();
        assertThat(list.path(0)).isEqualTo(of("u1").json());
    }

    private Answer read(String user, long seq) {
        return rest.put("/conversations/" + conversation + "/read", user, "{\"seq\":" + seq + "}");
    }

    private Answer of(String user) {
        return rest.get("/conversations/" + conversation, user);
    }

    private int readSeq(String user) {
        return of(user).json().path("readSeq").asInt();
    }

    private List<String> events() {
        return superuser
                .sql(
                        "select payload from outbox where event_key = ? and topic = 'messaging.conversation_read' order by id")
                .param(conversation)
                .query(String.class)
                .list();
    }
}
