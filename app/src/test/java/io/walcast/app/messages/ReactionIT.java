package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestTest
class ReactionIT {

    private static final String THUMBS_UP = "\uD83D\uDC4D";
    private static final String HEART = "❤️";

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private String conversation;
    private String message;

    @BeforeEach
    void post() {
        conversation = rest.conversation("u1", "u2", "u3", "u4", "u5", "u6", "u7");
        message = rest.say(conversation, "u1", "hello").text("id");
    }

    @Test
    void showsKindsInTheOrderOfTheirAppearanceAndWhoReacted() {
        react("u2", THUMBS_UP);
        react("u3", HEART);
        react("u1", THUMBS_UP);

        assertThat(reactions("u1")).isEqualTo(json("""
                        [{"emoji": "%s", "count": 2, "users": ["u2", "u1"], "mine": true},
                         {"emoji": "%s", "count": 1, "users": ["u3"], "mine": false}]
                        """.formatted(THUMBS_UP, HEART)));
        assertThat(reactions("u3").path(1).path("mine").asBoolean()).isTrue();
        var page =
                rest.get("/conversations/" + conversation + "/messages", "u1").json();
        assertThat(page.path(0).path("reactions")).isEqualTo(reactions("u1"));
        assertThat(page.path(0).path("reactionsVersion").asInt())
                .as("members, message, reactions")
                .isEqualTo(11);

        // To many: nothing about one recipient.
        var payload = json(JdbcClient.create(database.dataSource())
                .sql("select payload from outbox where event_key = ? order by id desc limit 1")
                .param(conversation)
                .query(String.class)
                .single());
        assertThat(payload).isEqualTo(json("""
                        {"conversationId": "%s", "messageId": "%s", "from": 10, "pos": 11, "version": 11, "reactions":
                         [{"emoji": "%s", "count": 2, "users": ["u2", "u1"]}, {"emoji": "%s", "count": 1, "users": ["u3"]}]}
                        """.formatted(conversation, message, THUMBS_UP, HEART)));
    }

    @Test
    void keepsCountsAndNamesFiveUsers() {
        for (int i = 1; i <= 7; i++) {
            react("u" + i, THUMBS_UP);
        }
        assertThat(reactions("u7").path(0).path("count").asInt()).isEqualTo(7);
        assertThat(reactions("u7").path(0).path("users")).hasToString("[\"u1\",\"u2\",\"u3\",\"u4\",\"u5\"]");
        assertThat(reactions("u7").path(0).path("mine").asBoolean()).isTrue();

        takeBack("u2", THUMBS_UP);

        assertThat(reactions("u7").path(0).path("count").asInt()).isEqualTo(6);
        assertThat(reactions("u7").path(0).path("users")).hasToString("[\"u1\",\"u3\",\"u4\",\"u5\",\"u6\"]");
    }

    @Test
    void takesTheReactionsOfACrowdAtOnce() {
        var crowd = IntStream.range(0, 30).mapToObj(i -> "crowd-" + i).toArray(String[]::new);
        var open = rest.conversation("u1", crowd);
        var announced = rest.say(open, "u1", "an announcement").text("id");

        var threads = Executors.newFixedThreadPool(crowd.length);
        try {
            var answers = Arrays.stream(crowd)
                    .map(user -> CompletableFuture.supplyAsync(
                            () -> rest.put(RestClient.reaction(announced, THUMBS_UP), user)
                                    .status(),
                            threads))
                    .toList();
            assertThat(answers).extracting(CompletableFuture::join).containsOnly(204);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void isOneStateOfTheLogHoweverOftenItChanges() {
        for (int i = 0; i < 5; i++) {
            react("u1", THUMBS_UP);
            react("u1", THUMBS_UP);
            takeBack("u1", THUMBS_UP);
            takeBack("u1", THUMBS_UP);
        }

        var log = rest.get("/conversations/" + conversation + "/events?pos=8", "u1")
                .json();
        assertThat(log).hasSize(1);
        assertThat(log.path(0).path("event").asString()).isEqualTo("reactions.changed");
        assertThat(log.path(0).path("data").path("pos").asInt())
                .as("repeats are no events")
                .isEqualTo(18);
        assertThat(log.path(0).path("data").path("reactions")).isEmpty();
        assertThat(reactions("u1")).isEmpty();
    }

    @Test
    void tellsAReaderOfTheLogWhichReactionsAreItsOwn() {
        react("u1", THUMBS_UP);

        for (var user : new String[] {"u1", "u2"}) {
            var log = rest.get("/conversations/" + conversation + "/events?pos=8", user)
                    .json();
            assertThat(log.path(0)
                            .path("data")
                            .path("reactions")
                            .path(0)
                            .path("mine")
                            .asBoolean())
                    .isEqualTo(user.equals("u1"));
        }
    }

    @Test
    void hasAtMostTwentyKinds() {
        for (int i = 0; i < 20; i++) {
            react("u1", ":kind-" + i + ":");
        }
        var more = rest.put(RestClient.reaction(message, THUMBS_UP), "u2");
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.text("code")).isEqualTo("too_many_reactions");
        react("u2", ":kind-0:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D\uDC4D\uD83C\uDFFD", // with a skin tone
                "\uD83D\uDC69\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66", // a family
                "\uD83C\uDDE8\uD83C\uDDED", // a flag
                "#️⃣", // a keycap
                "+1",
                ":+1:",
                ":Party_Parrot:"
            })
    void takesWhateverIsAnEmoji(String emoji) {
        react("u1", emoji);

        assertThat(reactions("u1").path(0).path("emoji").asString()).isEqualTo(emoji);
        takeBack("u1", emoji);
    }

    @Test
    void countsEveryReactionThatComesAtTheSameTime() {
        var all = IntStream.rangeClosed(1, 7)
                .mapToObj(i -> CompletableFuture.runAsync(() -> react("u" + i, THUMBS_UP)))
                .toList();
        all.forEach(CompletableFuture::join);

        assertThat(reactions("u1").path(0).path("count").asInt()).isEqualTo(7);
    }

    private void react(String user, String emoji) {
        assertThat(rest.put(RestClient.reaction(message, emoji), user).status()).isEqualTo(204);
    }

    private void takeBack(String user, String emoji) {
        assertThat(rest.delete(RestClient.reaction(message, emoji), user).status())
                .isEqualTo(204);
    }

    private JsonNode reactions(String user) {
        return rest.get("/messages/" + message, user).json().path("reactions");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
