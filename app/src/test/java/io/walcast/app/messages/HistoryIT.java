package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RestTest
class HistoryIT {

    private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private String conversation;

    @BeforeEach
    void createConversation() {
        conversation = rest.conversation("u1", "u2");
    }

    @Test
    void isInOrderOfSeqAndEqualsWhatThePostsAnswered() {
        var first = rest.say(conversation, "u1", "one");
        var second = rest.say(conversation, "u2", "two");

        assertThat(history("").body()).isEqualTo("[" + first.body() + "," + second.body() + "]");
    }

    @Test
    void isReadInPages() {
        for (var i = 1; i <= 5; i++) {
            rest.say(conversation, "u1", "message " + i);
        }

        assertThat(seqs(history("?limit=2"))).containsExactly(1, 2);
        assertThat(seqs(history("?after=2&limit=2"))).containsExactly(3, 4);
        assertThat(seqs(history("?after=4"))).containsExactly(5);
        assertThat(seqs(history("?after=5"))).isEmpty();
        assertThat(seqs(history("?after=" + Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void isTheSameNothingForAStrangerAndOfAnUnknownConversation() {
        rest.say(conversation, "u1", "one");
        var unknown = UUID.randomUUID().toString();

        var ofStranger = rest.get("/conversations/" + conversation + "/messages", "u3");
        var ofUnknown = rest.get("/conversations/" + unknown + "/messages", "u3");

        assertThat(ofStranger.status()).isEqualTo(404);
        assertThat(ofStranger.body()).isEqualTo(ofUnknown.body().replace(unknown, conversation));
    }

    @Test
    void isRefusedToARemovedMemberAtOnce() {
        rest.say(conversation, "u1", "one");
        rest.delete("/conversations/" + conversation + "/members/u2", "u1");

        assertThat(rest.get("/conversations/" + conversation + "/messages", "u2")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void isCutByBytesAndTellsWhereItGoesOn() {
        for (var i = 1; i <= 20; i++) {
            rest.say(conversation, "u1", "x".repeat(64 * 1024));
        }
        var seqs = new ArrayList<Integer>();
        var path = "/conversations/" + conversation + "/messages?limit=1000";
        while (!path.isEmpty()) {
            var page = rest.get(path, "u1");
            assertThat(page.body().length()).isLessThan(512 * 1024);
            assertThat(page.json()).hasSizeGreaterThan(1);
            seqs(page).forEach(seqs::add);
            var next = NEXT.matcher(page.header("Link"));
            path = next.matches() ? next.group(1) : "";
        }
        assertThat(seqs)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void saysOnlyOfAPageWithAnotherAfterItThatThereIsOne() {
        for (var i = 1; i <= 4; i++) {
            rest.say(conversation, "u1", "message " + i);
        }
        assertThat(history("?limit=3").header("Link"))
                .isEqualTo("</conversations/" + conversation + "/messages?after=3&limit=3>; rel=\"next\"");
        assertThat(history("?after=3&limit=3").header("Link"))
                .isEqualTo("</conversations/" + conversation + "/messages?before=4&limit=3>; rel=\"prev\"");
        assertThat(history("?limit=4").header("Link")).isEmpty();
    }

    @Test
    void ofALongConversationScansNoTable() {
        var sql = JdbcClient.create(database.dataSource());
        sql.sql("""
                insert into messages (id, conversation_id, seq, pos, sender_id, type, content, created_at, outbox_id)
                select gen_random_uuid(), ?, n, n, 'u1', 'TEXT', 'hello', now(), 0 from generate_series(1, 20000) n
                """).param(UUID.fromString(conversation)).update();
        sql.sql("""
                with message as (
                    select id, seq from messages where conversation_id = ?
                ), reaction as (
                    insert into reactions select id, ':a:', 'u2' from message
                )
                insert into reaction_states
                select id, seq, '[{"emoji": ":a:", "count": 1, "users": ["u2"]}]' from message
                """).param(UUID.fromString(conversation)).update();
        sql.sql("update conversations set last_seq = 20000 where id = ?")
                .param(UUID.fromString(conversation))
                .update();
        sql.sql("analyze messages, reactions, reaction_states").update();
        long scans = statistic(sql, "seq_scan");
        long lookups = statistic(sql, "idx_scan");

        for (var i = 0; i < 20; i++) {
            assertThat(seqs(history("?before=" + (10_000 + i) + "&limit=50"))).hasSize(50);
        }

        // A connection tells at the end of a later statement what it has read.
        await().until(() -> {
            history("?before=2&limit=1");
            return statistic(sql, "idx_scan") >= lookups + 20 * 50;
        });
        assertThat(statistic(sql, "seq_scan")).isEqualTo(scans);
    }

    private static long statistic(JdbcClient sql, String column) {
        return sql.sql(
                        "select sum(%s) from pg_stat_user_tables where relname in ('messages', 'reactions', 'reaction_states')"
                                .formatted(column))
                .query(Long.class)
                .single();
    }

    @Test
    void isReadBackwardsFromItsEnd() {
        for (var i = 1; i <= 7; i++) {
            rest.say(conversation, "u1", "message " + i);
        }
        var page = history("?before=8&limit=3");
        assertThat(seqs(page)).containsExactly(5, 6, 7);
        assertThat(links(page)).containsExactly("before=5&limit=3 prev");

        var middle = history("?before=5&limit=3");
        assertThat(seqs(middle)).containsExactly(2, 3, 4);
        assertThat(links(middle)).containsExactly("after=4&limit=3 next", "before=2&limit=3 prev");

        var first = history("?before=2&limit=3");
        assertThat(seqs(first)).containsExactly(1);
        assertThat(links(first)).containsExactly("after=1&limit=3 next");
        assertThat(seqs(history("?before=1"))).isEmpty();
        assertThat(seqs(history("?before=" + Long.MAX_VALUE + "&limit=2"))).containsExactly(6, 7);
    }

    @Test
    void isReadAroundAMessageByItsSeqOrItsId() {
        var ids = new ArrayList<String>();
        for (var i = 1; i <= 9; i++) {
            ids.add(rest.say(conversation, "u1", "message " + i).text("id"));
        }
        var page = history("?around=5&limit=5");
        assertThat(seqs(page)).containsExactly(3, 4, 5, 6, 7);
        assertThat(links(page)).containsExactly("after=7&limit=5 next", "before=3&limit=5 prev");
        assertThat(history("?around=" + ids.get(4) + "&limit=5").body()).isEqualTo(page.body());
        assertThat(seqs(history("?around=5&limit=1"))).containsExactly(5);
        assertThat(seqs(history("?around=1&limit=4"))).containsExactly(1, 2);
        assertThat(seqs(history("?around=99&limit=4"))).containsExactly(8, 9);
        assertThat(seqs(history("?after=" + ids.get(6)))).containsExactly(8, 9);
        assertThat(seqs(history("?before=" + ids.get(2)))).containsExactly(1, 2);
    }

    @Test
    void knowsOnlyMessagesOfTheConversationByTheirId() {
        var elsewhere = rest.say(rest.conversation("u1"), "u1", "hi").text("id");
        for (var id : List.of(elsewhere, UUID.randomUUID().toString())) {
            var answer = history("?around=" + id);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("code")).isEqualTo("not_found");
        }
    }

    @Test
    void isCutByBytesFarFromTheMessageThatWasAskedFor() {
        for (var i = 1; i <= 20; i++) {
            rest.say(conversation, "u1", "x".repeat(64 * 1024));
        }
        var before = history("?before=21&limit=1000");
        assertThat(before.body().length()).isLessThan(512 * 1024);
        assertThat(seqs(before)).containsExactly(14, 15, 16, 17, 18, 19, 20);
        assertThat(links(before)).containsExactly("before=14&limit=1000 prev");

        var around = history("?around=10&limit=1000");
        assertThat(around.body().length()).isLessThan(512 * 1024);
        assertThat(seqs(around)).containsExactly(7, 8, 9, 10, 11, 12, 13);
        assertThat(links(around)).containsExactly("after=13&limit=1000 next", "before=7&limit=1000 prev");
    }

    @Test
    void countsReactionsAmongTheBytes() {
        var users = IntStream.range(0, 5).mapToObj(i -> "w".repeat(250) + i).toArray(String[]::new);
        conversation = rest.conversation("u1", users);
        for (var i = 1; i <= 30; i++) {
            var message = rest.say(conversation, "u1", "message " + i).text("id");
            if (i <= 3) {
                for (var kind = 0; kind < 20; kind++) {
                    for (var user : users) {
                        assertThat(rest.put(RestClient.reaction(message, ":kind-" + kind + ":"), user)
                                        .status())
                                .isEqualTo(204);
                    }
                }
            }
        }
        // What three messages have here, a history may have in every message.
        JdbcClient.create(database.dataSource()).sql("""
                insert into reaction_states (message_id, version, kinds)
                select m.id, 1, (select s.kinds from reaction_states s join messages o on o.id = s.message_id
                                 where o.conversation_id = m.conversation_id limit 1)
                from messages m where m.conversation_id = ?::uuid
                on conflict do nothing
                """).param(conversation).update();

        var page = history("?limit=1000");

        assertThat(page.json().size()).isBetween(15, 25);
        assertThat(page.body().length()).isLessThan(600 * 1024);
    }

    private List<String> links(Answer page) {
        return page.headers().allValues("Link").stream()
                .map(link -> link.replaceAll("<.*\\?(.*)>; rel=\"(.*)\"", "$1 $2"))
                .toList();
    }

    private Answer history(String query) {
        return rest.get("/conversations/" + conversation + "/messages" + query, "u1");
    }

    private static Iterable<Integer> seqs(Answer history) {
        return StreamSupport.stream(history.json().spliterator(), false)
                .map(message -> message.path("seq").asInt())
                .toList();
    }
}
