package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What was edited away, deleted or erased is in no table, whatever had become of its rows in the outbox. */
@RestTest
class ErasureIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private JdbcClient superuser;
    private String conversation;

    @BeforeEach
    void create() {
        superuser = JdbcClient.create(database.dataSource());
        conversation = rest.conversation("u1", "u2");
    }

    @Test
    void anEditLeavesTheFormerTextInNoTable() {
        var published = say("first words of a published message", "Idempotency-Key", "k-" + conversation);
        publish();
        var unpublished = say("first words of an unpublished message");
        assertThat(tablesWith("first words")).containsExactly("messages", "outbox");

        for (var message : List.of(published, unpublished)) {
            rest.edit(message, "u1", "second thoughts");
        }
        assertThat(tablesWith("first words")).isEmpty();
        publish();
        for (var message : List.of(published, unpublished)) {
            rest.edit(message, "u1", "third time");
        }

        assertThat(tablesWith("second thoughts")).isEmpty();
        assertThat(tablesWith("third time")).containsExactly("messages", "outbox");
        assertThat(superuser
                        .sql(
                                "select payload from outbox where id = (select outbox_id from messages where id = ?::uuid)")
                        .param(published)
                        .query(String.class)
                        .single())
                .as("the payload still names the message and its place")
                .contains("\"scrubbed\": true", "\"messageId\": \"" + published, "\"pos\": 3", "\"from\": 2")
                .doesNotContain("\"message\"");
    }

    @Test
    void aDeletionLeavesNeitherTextNorReactionsInAnyTable() {
        var published = say("to be deleted, published", "Idempotency-Key", "d-" + conversation);
        rest.edit(published, "u1", "to be deleted, edited");
        publish();
        var unpublished = say("to be deleted, unpublished");
        assertThat(rest.put(RestClient.reaction(published, ":to-be-deleted:"), "u2")
                        .status())
                .isEqualTo(204);
        superuser
                .sql("insert into outbox_parked (outbox_id) select outbox_id from messages where id = ?::uuid")
                .param(unpublished)
                .update();

        rest.delete("/messages/" + published, "u1");
        rest.delete("/messages/" + unpublished, "u1");

        assertThat(tablesWith("to be deleted")).isEmpty();
        assertThat(superuser.sql("""
                        select (select count(*) from reactions where emoji = ':to-be-deleted:')
                             + (select count(*) from reaction_states where kinds::text like '%to-be-deleted%')
                        """).query(Long.class).single()).isZero();
    }

    @Test
    void ownersEraseAMessageAndItsKey() {
        var key = "e-" + conversation;
        var message = say("to be erased", "Idempotency-Key", key);

        assertThat(erase("select erase_message(?::uuid)", message)).isEqualTo(1);
        assertThat(erase("select erase_message(?::uuid)", message)).isZero();

        assertThat(tablesWith("to be erased")).isEmpty();
        assertThat(tablesWith(key)).isEmpty();
        var events = events();
        assertThat(events.path(events.size() - 1).path("event").asString()).isEqualTo("message.deleted");
        assertThat(say("as if it were new", "Idempotency-Key", key)).isNotEqualTo(message);
    }

    @Test
    void aDeletedMessageIsErasedForTheSakeOfItsKey() {
        var key = "f-" + conversation;
        var message = say("gone", "Idempotency-Key", key);
        rest.delete("/messages/" + message, "u1");
        int before = events().size();

        assertThat(erase("select erase_message(?::uuid)", message)).isEqualTo(1);

        assertThat(tablesWith(key)).isEmpty();
        assertThat(events()).as("nothing that clients see").hasSize(before);
    }

    @Test
    void allOfAUserAreErasedInBatchesWithoutAHole() {
        var user = "sender-of-" + conversation;
        rest.put("/conversations/" + conversation + "/members/" + user, "u1");
        var other = rest.conversation(user, "u1");
        for (int i = 0; i < 5; i++) {
            rest.say(conversation, user, "personal text " + i);
            rest.say(conversation, "u1", "someone else's " + i);
            rest.say(other, user, "personal text elsewhere " + i);
        }

        assertThat(erase("select erase_messages_of(?, 4)", user)).isEqualTo(4);
        assertThat(erase("select erase_messages_of(?, 4)", user)).isEqualTo(4);
        assertThat(erase("select erase_messages_of(?, 4)", user)).isEqualTo(2);
        assertThat(erase("select erase_messages_of(?, 4)", user)).isZero();

        assertThat(tablesWith("personal text")).isEmpty();
        assertThat(tablesWith("someone else")).containsExactly("messages", "outbox");
        long pos = 0;
        for (JsonNode event : events()) {
            assertThat(event.path("data").path("from").asLong()).isEqualTo(pos);
            pos = event.path("data").path("pos").asLong();
        }
        assertThat(pos)
                .isEqualTo(rest.get("/conversations/" + conversation, "u1")
                        .json()
                        .path("lastPos")
                        .asLong());
        assertThat(rest.say(conversation, "u1", "next").text("seq")).isEqualTo("11");
    }

    @Test
    void allBeforeATimeAreErasedTheOldestFirst() {
        for (int i = 1; i <= 4; i++) {
            say("old text " + i);
        }
        superuser
                .sql(
                        "update messages set created_at = now() - interval '2 years' + seq * interval '1 day' where conversation_id = ?::uuid")
                .param(conversation)
                .update();
        say("young text");
        var sql = "select erase_messages_before(?::uuid, now() - interval '1 year', 3)";

        assertThat(erase(sql, conversation)).isEqualTo(3);
        assertThat(tablesWith("old text")).containsExactly("messages", "outbox");
        assertThat(erase(sql, conversation)).isEqualTo(1);
        assertThat(erase(sql, conversation)).isZero();

        assertThat(tablesWith("old text")).isEmpty();
        assertThat(tablesWith("young text")).containsExactly("messages", "outbox");
    }

    private String say(String content, String... headers) {
        return rest.say(conversation, "u1", content, headers).text("id");
    }

    private void publish() {
        superuser
                .sql("update outbox set published_at = now(), attempts = 1 where event_key = ?")
                .param(conversation)
                .update();
    }

    private int erase(String sql, String subject) {
        return superuser.sql(sql).param(subject).query(Integer.class).single();
    }

    private JsonNode events() {
        return rest.get("/conversations/" + conversation + "/events?limit=1000", "u1")
                .json();
    }

    /** Every table that has the text in any column of any row, as the superuser sees it. */
    private List<String> tablesWith(String text) {
        return superuser
                .sql(
                        "select relname from pg_class where relkind in ('r', 'p', 'm') and relnamespace = 'public'::regnamespace")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> superuser
                        .sql("select exists (select from " + table + " t where t::text like '%' || ? || '%')")
                        .param(text)
                        .query(Boolean.class)
                        .single())
                .sorted()
                .toList();
    }
}
