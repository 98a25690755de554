package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import java.util.ArrayList;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@RestTest
class HistoryIT {

    private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");

    @Autowired
    private RestClient rest;

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
        assertThat(history("?after=3&limit=3").header("Link")).isEmpty();
        assertThat(history("?limit=4").header("Link")).isEmpty();
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
