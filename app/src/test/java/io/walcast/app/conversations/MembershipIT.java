package io.walcast.app.conversations;

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
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

@RestTest
class MembershipIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private Membership membership;

    @Autowired
    private TransactionOperations transactions;

    @Autowired
    private TestDatabase database;

    private JdbcClient superuser;
    private String conversation;

    @BeforeEach
    void createConversation() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
    }

    @Test
    void isAddedWithAnEvent() {
        assertThat(rest.put(member("u3"), "u1").status()).isEqualTo(204);

        assertThat(members()).isEqualTo("[\"u1\",\"u2\",\"u3\"]");
        assertThat(events()).containsExactly("messaging.member_added u3");
        assertThat(rest.say(conversation, "u3", "hi").status()).isEqualTo(201);
    }

    @Test
    void isRemovedWithAnEventThatKeepsItsPlaceAmongTheMessages() {
        rest.say(conversation, "u2", "one");
        assertThat(rest.delete(member("u2"), "u1").status()).isEqualTo(204);
        rest.say(conversation, "u1", "two");

        assertThat(members()).isEqualTo("[\"u1\"]");
        assertThat(topics())
                .containsExactly("messaging.message_created", "messaging.member_removed", "messaging.message_created");
        assertThat(rest.say(conversation, "u2", "three").status()).isEqualTo(404);
    }

    @Test
    void carriesThePlaceAndWhatTheUserIsNow() {
        rest.delete(member("u2"), "u1");

        var payload = JsonMapper.shared()
                .readTree(superuser
                        .sql("select payload from outbox where event_key = ? and topic = 'messaging.member_removed'")
                        .param(conversation)
                        .query(String.class)
                        .single());
        assertThat(payload)
                .isEqualTo(JsonMapper.shared()
                        .createObjectNode()
                        .put("conversationId", conversation)
                        .put("userId", "u2")
                        .put("from", 2)
                        .put("pos", 3)
                        .put("version", 3));

        rest.put(member("u2"), "u1");
        rest.put(owner("u2"), "u1");

        assertThat(roles()).containsExactly("4 4 member", "5 5 owner");
    }

    @Test
    void isKeptAfterItsEndUntilItBeginsAgain() {
        rest.say(conversation, "u1", "one");
        rest.delete(member("u2"), "u1");
        assertThat(formerMembers()).containsExactly("u2 4");

        rest.say(conversation, "u1", "two");
        rest.put(member("u2"), "u1");

        assertThat(formerMembers()).isEmpty();
        assertThat(rest.get("/conversations/" + conversation, "u2").text("readSeq"))
                .as("a new member has read what was there before")
                .isEqualTo("2");
        // The removal is superseded: no later event than the second addition is about the user.
        assertThat(superuser
                        .sql("select pos from conversation_events where conversation_id = ?::uuid and subject = 'u2'")
                        .param(conversation)
                        .query(Long.class)
                        .list())
                .containsExactly(6L);
    }

    @Test
    void staysAsItIsWhenRepeatedAndTellsNobody() {
        assertThat(rest.put(member("u2"), "u1").status()).isEqualTo(204);
        assertThat(rest.delete(member("u4"), "u1").status()).isEqualTo(204);

        assertThat(members()).isEqualTo("[\"u1\",\"u2\"]");
        assertThat(events()).isEmpty();
    }

    @Test
    void endsForOneWhoLeaves() {
        assertThat(rest.delete(member("u2"), "u2").status()).isEqualTo(204);
        assertThat(rest.delete(member("u2"), "u2").status()).isEqualTo(404);

        assertThat(events()).containsExactly("messaging.member_removed u2");
    }

    @Test
    void isForOwnersToChange() {
        assertThat(owners()).isEqualTo("[\"u1\"]");
        for (var refused :
                List.of(rest.put(member("u3"), "u2"), rest.delete(member("u1"), "u2"), rest.put(owner("u2"), "u2"))) {
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("code")).isEqualTo("not_an_owner");
        }
        assertThat(events()).isEmpty();

        assertThat(rest.put(owner("u2"), "u1").status()).isEqualTo(204);
        assertThat(owners()).isEqualTo("[\"u1\",\"u2\"]");
        assertThat(rest.put(member("u3"), "u2").status()).isEqualTo(204);
    }

    @Test
    void makesOnlyMembersOwners() {
        assertThat(rest.put(owner("u3"), "u1").status()).isEqualTo(404);
        assertThat(owners()).isEqualTo("[\"u1\"]");
    }

    @Test
    void passesToWhoWasThereFirstWhenTheLastOwnerLeaves() {
        rest.put(member("u0"), "u1");
        assertThat(rest.delete(member("u1"), "u1").status()).isEqualTo(204);

        assertThat(rest.get("/conversations/" + conversation, "u0")
                        .json()
                        .path("owners")
                        .toString())
                .isEqualTo("[\"u2\"]");
        assertThat(rest.delete(member("u0"), "u2").status()).isEqualTo(204);
        assertThat(rest.delete(member("u2"), "u2").status()).isEqualTo(204);
    }

    @Test
    void doesNotMoveTheConversationInLists() {
        var before = rest.get("/conversations/" + conversation, "u1").text("updatedAt");

        rest.put(member("u3"), "u1");

        assertThat(rest.get("/conversations/" + conversation, "u1").text("updatedAt"))
                .isEqualTo(before);
    }

    @Test
    void isNotForStrangersToChange() {
        var unknown = UUID.randomUUID().toString();
        for (var path : List.of(member("u3"), member("u1"))) {
            var ofStranger = rest.put(path, "u3");
            var ofUnknown = rest.put(path.replace(conversation, unknown), "u3");

            assertThat(ofStranger.status()).isEqualTo(404);
            assertThat(ofStranger.body()).isEqualTo(ofUnknown.body().replace(unknown, conversation));
            assertThat(rest.delete(path, "u3").status()).isEqualTo(404);
        }
        assertThat(members()).isEqualTo("[\"u1\",\"u2\"]");
        assertThat(events()).isEmpty();
    }

    @Test
    void takesUserIdsWithCharactersThatAPathEscapes() {
        assertThat(rest.put(member("auth0%7Ca%20b"), "u1").status()).isEqualTo(400);
        assertThat(rest.put(member("auth0%7Ca;b%3Bc%25d%3F@%23"), "u1").status())
                .isEqualTo(204);
    }

    @Test
    void survivesWhenTwoRemoveEachOtherAtOnce() throws Exception {
        rest.put(owner("u2"), "u1");

        var answers = atOnce(() -> rest.delete(member("u1"), "u2"), () -> rest.delete(member("u2"), "u1"));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(204, 404);
        assertThat(events().stream().filter(event -> event.startsWith("messaging.member_removed")))
                .hasSize(1);
    }

    @Test
    void isRemovedOnceWhenTwoRemoveItAtOnce() throws Exception {
        rest.put(member("u3"), "u1");
        rest.put(owner("u2"), "u1");

        var answers = atOnce(() -> rest.delete(member("u3"), "u2"), () -> rest.delete(member("u3"), "u1"));

        assertThat(answers).extracting(Answer::status).containsOnly(204);
        assertThat(events())
                .containsExactly(
                        "messaging.member_added u3", "messaging.member_changed u2", "messaging.member_removed u3");
    }

    @Test
    void endsBeforeAnyMessageThatTheRemovedPostsAtTheSameTime() throws Exception {
        Callable<Answer> postUntilRefused = () -> {
            Answer answer;
            do {
                answer = rest.say(conversation, "u2", "hi");
            } while (answer.status() == 201);
            return answer;
        };
        Callable<Answer> remove = () -> {
            await().until(() -> topics().size() >= 20);
            return rest.delete(member("u2"), "u1");
        };

        assertThat(atOnce(postUntilRefused, remove)).extracting(Answer::status).containsExactly(404, 204);
        assertThat(topics()).endsWith("messaging.member_removed");
        assertThat(topics()).containsOnlyOnce("messaging.member_removed");
    }

    @Test
    void isOverForAPostThatWaitedBehindTheRemoval() throws Exception {
        var client = Executors.newSingleThreadExecutor();
        try {
            var post = transactions.execute(transaction -> {
                membership.remove(UUID.fromString(conversation), new UserId("u1"), new UserId("u2"));
                var waiting = client.submit(() -> rest.say(conversation, "u2", "too late"));
                await().until(this::aPostWaitsForALock);
                return waiting;
            });

            assertThat(post.get().status()).isEqualTo(404);
            assertThat(events()).containsExactly("messaging.member_removed u2");
        } finally {
            client.shutdownNow();
        }
    }

    private boolean aPostWaitsForALock() {
        return superuser.sql("""
                        select count(*) = 1 from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                          and query like '%append_messages%'
                        """).query(Boolean.class).single();
    }

    private String member(String userId) {
        return "/conversations/" + conversation + "/members/" + userId;
    }

    private String owner(String userId) {
        return "/conversations/" + conversation + "/owners/" + userId;
    }

    private String owners() {
        return rest.get("/conversations/" + conversation, "u1")
                .json()
                .path("owners")
                .toString();
    }

    private String members() {
        return rest.get("/conversations/" + conversation, "u1")
                .json()
                .path("members")
                .toString();
    }

    private List<String> roles() {
        return superuser.sql("""
                        select concat_ws(' ', payload ->> 'pos', payload ->> 'version', payload ->> 'role') from outbox
                        where event_key = ? and payload ->> 'role' is not null order by id
                        """).param(conversation).query(String.class).list();
    }

    private List<String> formerMembers() {
        return superuser
                .sql("select user_id || ' ' || version from former_members where conversation_id = ?::uuid")
                .param(conversation)
                .query(String.class)
                .list();
    }

    private List<String> topics() {
        return superuser
                .sql(
                        "select topic from outbox where event_key = ? and topic <> 'messaging.conversation_created' order by id")
                .param(conversation)
                .query(String.class)
                .list();
    }

    private List<String> events() {
        return superuser.sql("""
                        select topic || ' ' || (payload ->> 'userId') from outbox
                        where event_key = ? and topic <> 'messaging.conversation_created' order by id
                        """).param(conversation).query(String.class).list();
    }

    private static <T> List<T> atOnce(Callable<T> one, Callable<T> other) throws Exception {
        var threads = Executors.newFixedThreadPool(2);
        try {
            var results = new ArrayList<T>();
            for (var result : threads.invokeAll(List.of(one, other))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
