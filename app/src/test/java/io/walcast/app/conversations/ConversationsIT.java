package io.walcast.app.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RestTest
class ConversationsIT {

    private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    @Test
    void areCreatedWithTheCallerAsAMemberAndOwner() {
        var answer = rest.post("/conversations", "u1", "{\"title\":\"Plans é\",\"members\":[\"u3\",\"u2\",\"u3\"]}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().propertyNames())
                .containsExactly(
                        "id",
                        "title",
                        "version",
                        "members",
                        "owners",
                        "lastSeq",
                        "lastPos",
                        "readSeq",
                        "unread",
                        "lastMessage",
                        "createdAt",
                        "updatedAt");
        assertThat(answer.text("title")).isEqualTo("Plans é");
        assertThat(answer.json().path("members")).hasToString("[\"u1\",\"u2\",\"u3\"]");
        assertThat(answer.json().path("owners")).hasToString("[\"u1\"]");
        assertThat(answer.json().path("lastSeq").asInt(-1)).isZero();
        assertThat(answer.json().path("lastPos").asInt())
                .as("each member is an event")
                .isEqualTo(3);
        assertThat(answer.text("updatedAt")).isEqualTo(answer.text("createdAt"));
        assertThat(answer.header("Location")).isEqualTo("/conversations/" + answer.text("id"));
        assertThat(rest.get(answer.header("Location"), "u3").body()).isEqualTo(answer.body());
    }

    @Test
    void needNoTitleAndNoOtherMembers() {
        var answer = rest.post("/conversations", "u1", "{\"members\":[]}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("title").isNull()).isTrue();
        assertThat(answer.json().path("members")).hasToString("[\"u1\"]");
    }

    @Test
    void mayHaveAThousandMembersOfTheLongestNames() {
        var members = IntStream.range(0, 1000)
                .mapToObj(i -> "\"" + "x".repeat(251) + (1000 + i) + "\"")
                .toList();

        var answer = rest.post("/conversations", "u1", "{\"members\":[" + String.join(",", members) + "]}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("members")).hasSize(1001);
    }

    @Test
    void areListedForTheirMembersTheLastUpdatedFirst() {
        var me = "me-" + UUID.randomUUID();
        var first = rest.conversation(me);
        var second = rest.conversation("u1", me);
        rest.conversation("u1");
        assertThat(ids(rest.get("/conversations", me))).containsExactly(second, first);

        var post = rest.say(first, me, "hi");

        var list = rest.get("/conversations", me);
        assertThat(ids(list)).containsExactly(first, second);
        assertThat(list.json().path(0).path("lastSeq").asInt()).isEqualTo(1);
        assertThat(list.json().path(0).path("updatedAt")).isEqualTo(post.json().path("createdAt"));
        assertThat(list.header("Link")).isEmpty();
    }

    @Test
    void areListedInPages() {
        var me = "me-" + UUID.randomUUID();
        var all = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            all.add(rest.conversation(me));
        }
        Collections.reverse(all);

        var listed = new ArrayList<String>();
        var path = "/conversations?limit=2";
        while (!path.isEmpty()) {
            var page = rest.get(path, me);
            assertThat(ids(page)).hasSizeLessThanOrEqualTo(2);
            listed.addAll(ids(page));
            var next = NEXT.matcher(page.header("Link"));
            path = next.matches() ? next.group(1) : "";
        }
        assertThat(listed).isEqualTo(all);
    }

    @Test
    void areListedInPagesThatAreCutByBytes() {
        var me = "me-" + UUID.randomUUID();
        var members = IntStream.range(0, 800)
                .mapToObj(i -> "\"" + "x".repeat(251) + (1000 + i) + "\"")
                .toList();
        var all = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            all.add(rest.post("/conversations", me, "{\"members\":[" + String.join(",", members) + "]}")
                    .text("id"));
        }
        Collections.reverse(all);

        var listed = new ArrayList<String>();
        var path = "/conversations";
        while (!path.isEmpty()) {
            var page = rest.get(path, me);
            assertThat(page.body().length()).isLessThan(520 * 1024);
            listed.addAll(ids(page));
            var next = NEXT.matcher(page.header("Link"));
            path = next.matches() ? next.group(1) : "";
        }
        assertThat(listed).isEqualTo(all);
    }

    @Test
    void nameOnlyTheFirstOfVeryManyMembers() {
        var conversation = rest.conversation("u1");
        assertThat(rest.get("/conversations/" + conversation, "u1").json().has("moreMembers"))
                .isFalse();
        JdbcClient.create(database.dataSource()).sql("""
                insert into members (conversation_id, user_id, role)
                select ?::uuid, repeat('w', 249) || (100000 + n), 'owner' from generate_series(1, 2000) n
                """).param(conversation).update();

        var answer = rest.get("/conversations/" + conversation, "u1");

        assertThat(answer.json().path("moreMembers").asBoolean()).isTrue();
        assertThat(answer.json().path("members")).hasSizeBetween(900, 1_100);
        assertThat(answer.json().path("members").path(0).asString()).isEqualTo("u1");
        assertThat(answer.json().path("owners")).hasSizeBetween(900, 1_100);
        assertThat(answer.body().length()).isLessThan(530 * 1024);
    }

    @Test
    void areTheSameNothingForAStrangerAndIfUnknown() {
        var conversation = rest.conversation("u1", "u2");
        var unknown = UUID.randomUUID().toString();

        var ofStranger = rest.get("/conversations/" + conversation, "u3");
        var ofUnknown = rest.get("/conversations/" + unknown, "u3");

        assertThat(ofStranger.status()).isEqualTo(404);
        assertThat(ofStranger.body()).isEqualTo(ofUnknown.body().replace(unknown, conversation));
    }

    private static List<String> ids(Answer list) {
        return StreamSupport.stream(list.json().spliterator(), false)
                .map(conversation -> conversation.path("id").asString())
                .toList();
    }
}
