package io.walcast.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.RelayFixture;
import io.walcast.relay.events.RoomEvents;
import io.walcast.relay.gateway.JsonSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;

/** Feeds over real sockets and a real database. Each test has a user of its own. */
class FeedIT {

    @RegisterExtension
    static final RelayFixture relay =
            RelayFixture.with(Map.of("walcast.feed.cursor-interval", "300ms", "walcast.feed.max-followed", 6_000));

    private FeedWriter writer;
    private String user;

    @BeforeEach
    void prepare() {
        writer = new FeedWriter(relay.outbox().jdbc());
        user = "u" + UUID.randomUUID();
    }

    private JsonSocket socket() {
        return JsonSocket.open(relay.port(), user);
    }

    private static JsonNode open(JsonSocket socket, String cursor) {
        String data = cursor == null ? "" : ",'data':{'cursor':'" + cursor + "'}";
        JsonNode answer =
                socket.send("{'id':1,'event':'feed.open'" + data + "}").next();
        assertThat(answer.path("event").stringValue()).isEqualTo("ack");
        return answer.path("data");
    }

    /** Everything up to an event that is looked for. */
    private static List<JsonNode> until(JsonSocket socket, Predicate<JsonNode> last) {
        List<JsonNode> events = new ArrayList<>();
        do {
            events.add(socket.next());
        } while (!last.test(events.get(events.size() - 1)));
        return events;
    }

    private static boolean isCursor(JsonNode event) {
        return event.path("event").asString().equals("feed.cursor");
    }

    private static Predicate<JsonNode> activity(UUID conversation, long lastSeq) {
        return event -> event.path("event").asString().equals("conversation.activity")
                && event.at("/data/conversationId").asString().equals(conversation.toString())
                && event.at("/data/lastSeq").asLong(-1) == lastSeq;
    }

    private static Predicate<JsonNode> gone(UUID conversation) {
        return event -> event.path("event").asString().equals("conversation.gone")
                && event.at("/data/conversationId").asString().equals(conversation.toString());
    }

    /** The conversations that a new feed with this cursor is told of before its own cursor. */
    private Set<String> toldSince(String cursor) {
        try (var socket = socket()) {
            assertThat(open(socket, cursor).path("ok").booleanValue()).isTrue();
            return conversations(until(socket, FeedIT::isCursor));
        }
    }

    private static Set<String> conversations(List<JsonNode> events) {
        Set<String> conversations = new HashSet<>();
        events.stream()
                .filter(event -> event.path("event").asString().equals("conversation.activity"))
                .forEach(event ->
                        conversations.add(event.at("/data/conversationId").stringValue()));
        return conversations;
    }

    private String cursor() {
        try (var socket = socket()) {
            open(socket, null);
            List<JsonNode> events = until(socket, FeedIT::isCursor);
            return events.get(events.size() - 1).at("/data/cursor").stringValue();
        }
    }

    @Test
    void beginsWithAllConversationsAndGoesOnLive() {
        UUID conversation = writer.conversation("Plans", "ada", user);
        writer.post(conversation, "ada", "x".repeat(300));
        try (var socket = socket()) {
            assertThat(open(socket, null).path("cursor").stringValue()).endsWith("/");
            List<JsonNode> first = until(socket, FeedIT::isCursor);
            assertThat(first).hasSize(2);
            JsonNode row = first.get(0).path("data");
            assertThat(row.path("title").stringValue()).isEqualTo("Plans");
            assertThat(row.path("lastSeq").longValue()).isEqualTo(1);
            assertThat(row.path("lastPos").longValue()).isEqualTo(3);
            assertThat(row.path("version").longValue()).isEqualTo(3);
            assertThat(row.path("readSeq").longValue()).isZero();
            assertThat(row.at("/lastMessage/content").stringValue()).hasSize(200);
            assertThat(row.at("/lastMessage/createdAt").stringValue())
                    .isEqualTo(row.path("updatedAt").stringValue());

            UUID message = writer.post(conversation, "ada", "y".repeat(300));
            JsonNode live = socket.next().path("data");
            assertThat(live.path("lastSeq").longValue()).isEqualTo(2);
            assertThat(live.path("lastPos").longValue()).isEqualTo(4);
            assertThat(live.at("/lastMessage/content").stringValue()).hasSize(200);
            assertThat(live.has("title") || live.has("readSeq")).isFalse();
            // A row from the table and a live activity say the same of the same message.
            assertThat(names(live.path("lastMessage"))).isEqualTo(names(row.path("lastMessage")));

            writer.edit(message, "ada", "edited");
            List<JsonNode> edited =
                    until(socket, event -> event.at("/data/lastPos").asLong(0) == 5);
            assertThat(edited.get(edited.size() - 1)
                            .at("/data/lastMessage/content")
                            .stringValue())
                    .isEqualTo("edited");
        }
    }

    private static Set<String> names(JsonNode object) {
        return new HashSet<>(object.propertyNames());
    }

    @Test
    void aCursorTellsWhatChangedSinceAndNothingElse() {
        UUID changed = writer.conversation("A", "ada", user);
        UUID left = writer.conversation("B", "ada", user);
        writer.conversation("C", "ada", user);
        String cursor = cursor();
        assertThat(toldSince(cursor)).isEmpty();

        writer.post(changed, "ada", "hello");
        writer.remove(left, user);
        UUID created = writer.conversation("D", "ada", user);
        try (var socket = socket()) {
            open(socket, cursor);
            List<JsonNode> events = until(socket, FeedIT::isCursor);
            assertThat(conversations(events)).containsExactlyInAnyOrder(changed.toString(), created.toString());
            assertThat(events).anyMatch(gone(left));
        }
    }

    /** Its statements know neither transactions of changes nor memberships that have ended. */
    @Test
    void aCursorTellsWhatTheReleaseBeforeHasChangedSince() {
        UUID changed = writer.conversation("A", "ada", user);
        UUID left = writer.conversation("B", "ada", user);
        UUID leftAndJoined = writer.conversation("C", "ada", user);
        String cursor = cursor();

        JdbcClient jdbc = relay.outbox().jdbc();
        jdbc.sql("update conversations set last_seq = last_seq + 1, updated_at = now() where id = ?")
                .param(changed)
                .update();
        for (UUID conversation : List.of(left, leftAndJoined)) {
            jdbc.sql("delete from members where conversation_id = ? and user_id = ?")
                    .params(conversation, user)
                    .update();
        }
        jdbc.sql("insert into members (conversation_id, user_id) values (?, ?)")
                .params(leftAndJoined, user)
                .update();
        try (var socket = socket()) {
            open(socket, cursor);
            List<JsonNode> events = until(socket, FeedIT::isCursor);
            assertThat(conversations(events)).containsExactlyInAnyOrder(changed.toString(), leftAndJoined.toString());
            assertThat(events).anyMatch(gone(left)).noneMatch(gone(leftAndJoined));
        }
    }

    @Test
    void aTransactionThatCommitsAfterTheCursorIsTold() {
        UUID early = writer.conversation("A", "ada", user);
        UUID late = writer.conversation("B", "ada", user);
        String cursor;
        var connection = new SingleConnectionDataSource(connection(), true);
        try {
            JdbcClient open = JdbcClient.create(connection);
            open.sql("begin").update();
            new FeedWriter(open).post(late, "ada", "written before the cursor and committed after it");
            writer.post(early, "ada", "written later and committed before");
            cursor = cursor();
            open.sql("commit").update();
        } finally {
            connection.destroy();
        }
        assertThat(toldSince(cursor)).containsExactly(late.toString());
        assertThat(toldSince(cursor())).isEmpty();
    }

    private static Connection connection() {
        try {
            return relay.database().dataSource().getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theCursorOfALiveFeedLeavesNothingOut() {
        UUID conversation = writer.conversation("A", "ada", user);
        UUID other = writer.conversation("B", "ada", user);
        try (var socket = socket()) {
            open(socket, null);
            until(socket, FeedIT::isCursor);
            writer.post(conversation, "ada", "hello");
            List<JsonNode> events = until(socket, FeedIT::isCursor);
            assertThat(events).anyMatch(activity(conversation, 1));
            String cursor = events.get(events.size() - 1).at("/data/cursor").stringValue();
            assertThat(toldSince(cursor)).isEmpty();

            writer.post(other, "ada", "hello");
            assertThat(toldSince(cursor)).containsExactly(other.toString());
        }
    }

    @Test
    void aConversationAppearsByItselfAndGoesWithTheMembership() {
        UUID known = writer.conversation("Known", "ada", user);
        UUID conversation = writer.conversation("Plans", "ada", "grace");
        writer.post(conversation, "ada", "before");
        try (var socket = socket()) {
            open(socket, null);
            until(socket, FeedIT::isCursor);
            writer.add(conversation, user);
            List<JsonNode> events = until(socket, activity(conversation, 1));
            assertThat(events.get(events.size() - 1).at("/data/title").stringValue())
                    .isEqualTo("Plans");
            UUID created = writer.conversation("New", "ada", user);
            events = until(socket, activity(created, 0));
            assertThat(events.get(events.size() - 1).at("/data/title").stringValue())
                    .isEqualTo("New");

            writer.remove(conversation, user);
            until(socket, gone(conversation));
            writer.post(conversation, "ada", "not for this user");
            writer.post(known, "ada", "for this user");
            assertThat(conversations(until(socket, activity(known, 1)))).doesNotContain(conversation.toString());

            writer.add(conversation, user);
            until(socket, activity(conversation, 2));
        }
    }

    @Test
    void anotherHistoryAndWhatIsNoCursorAreRefused() {
        String cursor = cursor();
        try (var socket = socket()) {
            assertThat(code(open(socket, "7-00000009" + cursor.substring(cursor.indexOf('/')))))
                    .isEqualTo("history_changed");
            assertThat(code(open(socket, "nonsense"))).isEqualTo("bad_request");
            assertThat(code(open(socket, cursor + "1".repeat(4_096)))).isEqualTo("bad_request");
            assertThat(code(socket.send("{'id':2,'event':'feed.open','data':{'cursor':7}}")
                            .next()
                            .path("data")))
                    .isEqualTo("bad_request");
            assertThat(open(socket, cursor).path("ok").booleanValue()).isTrue();
        }
    }

    private static String code(JsonNode answer) {
        return answer.at("/error/code").stringValue();
    }

    @Test
    void activitiesAreMergedForAClientThatDoesNotRead() {
        UUID conversation = writer.conversation("A", "ada", user);
        int posts = 40_000;
        try (var socket = socket()) {
            open(socket, null);
            until(socket, FeedIT::isCursor);
            socket.stopReading();
            for (int i = 0; i < posts; i += 1_000) {
                writer.post(conversation, "ada", "é".repeat(200), 1_000);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> relay.outbox().unpublished() == 0);
            socket.readOn();
            List<JsonNode> events = until(socket, activity(conversation, posts));
            assertThat(events.size()).isLessThan(posts);
        }
    }

    @Test
    void fiveThousandConversationsComeAndTheBudgetIsKept() {
        relay.outbox()
                .jdbc()
                .sql(
                        "select create_conversation(gen_random_uuid(), 'T' || n, ?, array[?], '{}') from generate_series(1, 5000) n")
                .params(user, user)
                .query((row, number) -> 0)
                .list();
        await().atMost(Duration.ofSeconds(60)).until(() -> relay.outbox().unpublished() == 0);
        try (var socket = socket()) {
            assertThat(open(socket, null).path("ok").booleanValue()).isTrue();
            List<JsonNode> events = until(socket, FeedIT::isCursor);
            assertThat(conversations(events)).hasSize(5_000);
            String cursor = events.get(events.size() - 1).at("/data/cursor").stringValue();
            assertThat(cursor.length()).isLessThan(200);

            String other = "u" + UUID.randomUUID();
            relay.outbox()
                    .jdbc()
                    .sql(
                            "insert into members (conversation_id, user_id) select conversation_id, ? from members where user_id = ? limit 1001")
                    .params(other, user)
                    .update();
            try (var second = JsonSocket.open(relay.port(), other)) {
                assertThat(code(open(second, null))).isEqualTo("limit_exceeded");
            }
        }
        // With its last connection a user is followed no longer.
        var followed = relay.process()
                .bean(MeterRegistry.class)
                .get("walcast.feed.followed")
                .gauge();
        await().atMost(Duration.ofSeconds(30)).until(() -> followed.value() < 1_000);
    }

    @Test
    void aResyncFindsWhatTheStreamDidNotBring() {
        UUID conversation = writer.conversation("A", "ada", user);
        UUID left = writer.conversation("B", "ada", user);
        try (var socket = socket()) {
            open(socket, null);
            until(socket, FeedIT::isCursor);
            JdbcClient jdbc = relay.outbox().jdbc();
            jdbc.sql("""
                    update conversations set title = 'Renamed', events = events + 1, version = last_seq + events + 1,
                                             changed_in = pg_current_xact_id()
                    where id = ?
                    """).param(conversation).update();
            // As a release does that knows no log.
            jdbc.sql("delete from members where conversation_id = ? and user_id = ?")
                    .params(left, user)
                    .update();
            relay.process().bean(RoomEvents.class).resyncFromTable();

            List<JsonNode> events = until(socket, gone(left));
            if (conversations(events).isEmpty()) {
                events = until(socket, activity(conversation, 0));
            }
            assertThat(events)
                    .anyMatch(event -> event.at("/data/title").asString("").equals("Renamed"));
        }
    }

    @Test
    void historyChangedEndsTheFeed() {
        try (var socket = socket()) {
            open(socket, null);
            until(socket, FeedIT::isCursor);
            relay.process().bean(RoomEvents.class).closeAllRooms();
            assertThat(socket.next().path("event").stringValue()).isEqualTo("feed.closed");
            assertThat(open(socket, null).path("ok").booleanValue()).isTrue();
        }
    }
}
