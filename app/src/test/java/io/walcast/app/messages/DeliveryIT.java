package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RestTest
class DeliveryIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private String conversation;
    private String message;

    @BeforeEach
    void post() {
        conversation = rest.conversation("u1", "u2");
        message = rest.say(conversation, "u1", "hi").text("id");
    }

    @Test
    void isOpenAtFirst() {
        assertThat(delivery("u2"))
                .isEqualTo("{\"published\":false,\"publishedAt\":null,\"attempts\":0,\"lastError\":null}");
    }

    @Test
    void tellsWhyItFailed() {
        mark("attempts = 3, last_error = 'no route to room'");

        assertThat(delivery("u2"))
                .isEqualTo(
                        "{\"published\":false,\"publishedAt\":null,\"attempts\":3,\"lastError\":\"no route to room\"}");
    }

    @Test
    void tellsWhenItWasPublished() {
        mark("attempts = 1, published_at = '2026-01-02 03:04:05+00'");

        assertThat(delivery("u1"))
                .isEqualTo("{\"published\":true,\"publishedAt\":\"2026-01-02T03:04:05.000000Z\",\"attempts\":1,"
                        + "\"lastError\":null}");
    }

    @Test
    void isStillKnownToHaveBeenPublishedOnceTheOutboxRowIsGone() {
        superuser("delete from outbox where id = (select outbox_id from messages where id = cast(? as uuid))");

        assertThat(delivery("u1"))
                .isEqualTo("{\"published\":true,\"publishedAt\":null,\"attempts\":null,\"lastError\":null}");
    }

    @Test
    void isTheSameNothingForAStrangerAndOfAnUnknownMessage() {
        var unknown = UUID.randomUUID().toString();

        var ofStranger = rest.get("/messages/" + message + "/delivery", "u3");
        var ofUnknown = rest.get("/messages/" + unknown + "/delivery", "u3");

        assertThat(ofStranger.status()).isEqualTo(404);
        assertThat(ofStranger.body()).isEqualTo(ofUnknown.body().replace(unknown, message));
    }

    private String delivery(String user) {
        return rest.get("/messages/" + message + "/delivery", user).body();
    }

    private void mark(String columns) {
        superuser("update outbox set " + columns
                + " where id = (select outbox_id from messages where id = cast(? as uuid))");
    }

    private void superuser(String sql) {
        assertThat(JdbcClient.create(database.dataSource())
                        .sql(sql)
                        .param(message)
                        .update())
                .isEqualTo(1);
    }
}
