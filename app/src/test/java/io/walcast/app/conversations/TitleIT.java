package io.walcast.app.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@RestTest
class TitleIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private String conversation;

    @BeforeEach
    void create() {
        conversation = rest.conversation("u1", "u2");
    }

    @Test
    void isChangedByOwnersWithAnEvent() {
        var changed = rename("u1", "Plans");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json())
                .isEqualTo(JsonMapper.shared()
                        .createObjectNode()
                        .put("id", conversation)
                        .put("title", "Plans")
                        .put("version", 3));
        assertThat(rest.get("/conversations/" + conversation, "u2").text("title"))
                .isEqualTo("Plans");
        assertThat(rest.get("/conversations/" + conversation, "u2").text("version"))
                .isEqualTo("3");
        assertThat(payloads()).isEqualTo("""
                {"pos": 3, "from": 2, "version": 3, "conversation": {"id": "%s", "title": "Plans", "version": 3}, \
                "conversationId": "%s"}""".formatted(conversation, conversation));

        assertThat(rename("u1", "Plans").text("version"))
                .as("a repeat is no event")
                .isEqualTo("3");
        assertThat(rename("u1", "Other plans").text("version")).isEqualTo("4");
        var log = rest.get("/conversations/" + conversation + "/events?pos=2", "u2")
                .json();
        assertThat(log).as("one state").hasSize(1);
        assertThat(log.path(0).path("event").asString()).isEqualTo("conversation.changed");
        assertThat(log.path(0).path("data").path("conversation").path("title").asString())
                .isEqualTo("Other plans");
    }

    @Test
    void isNotForMembersOrStrangers() {
        var byMember = rename("u2", "Mine");
        assertThat(byMember.status()).isEqualTo(403);
        assertThat(byMember.text("code")).isEqualTo("not_an_owner");
        assertThat(rename("u3", "Mine").status()).isEqualTo(404);
    }

    private Answer rename(String user, String title) {
        return rest.patch("/conversations/" + conversation, user, "{\"title\":\"" + title + "\"}");
    }

    private String payloads() {
        return JdbcClient.create(database.dataSource())
                .sql("select payload from outbox where event_key = ? and topic = 'messaging.conversation_changed'")
                .param(conversation)
                .query(String.class)
                .single();
    }
}
