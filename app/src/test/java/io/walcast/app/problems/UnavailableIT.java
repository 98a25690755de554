package io.walcast.app.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@RestTest
class UnavailableIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    @Autowired
    private HikariDataSource pool;

    private String conversation;

    @BeforeEach
    void createConversation() {
        conversation = rest.conversation("u1", "u2");
    }

    @Test
    void isTheAnswerWhileThePoolHasNoConnection() throws SQLException {
        var borrowed = new ArrayList<Connection>();
        try {
            while (borrowed.size() < pool.getMaximumPoolSize()) {
                borrowed.add(pool.getConnection());
            }

            assertUnavailable(rest.say(conversation, "u1", "hi"));
            assertUnavailable(rest.put("/conversations/" + conversation + "/members/u3", "u1"));
        } finally {
            for (var connection : borrowed) {
                connection.close();
            }
        }
        assertWorksAgainAndNothingWasWritten();
    }

    @Test
    void isTheAnswerWhileTheDatabaseRefusesConnections() {
        var superuser = JdbcClient.create(new DriverManagerDataSource(
                database.url().replace(database.name(), "postgres"), database.username(), ""));
        superuser
                .sql("alter database " + database.name() + " with allow_connections false")
                .update();
        try {
            superuser
                    .sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?")
                    .param(database.name())
                    .query()
                    .listOfRows();

            assertUnavailable(rest.say(conversation, "u1", "hi"));
            assertUnavailable(rest.get("/conversations", "u1"));
        } finally {
            superuser
                    .sql("alter database " + database.name() + " with allow_connections true")
                    .update();
        }
        assertWorksAgainAndNothingWasWritten();
    }

    @Test
    void isTheAnswerOfAReadOnlyStandby() {
        var superuser = JdbcClient.create(database.dataSource());
        superuser
                .sql("alter role walcast_app_login set default_transaction_read_only = on")
                .update();
        try {
            reconnect(superuser);

            assertUnavailable(rest.say(conversation, "u1", "hi"));
            assertThat(rest.get("/conversations/" + conversation, "u1").status())
                    .isEqualTo(200);
        } finally {
            superuser
                    .sql("alter role walcast_app_login reset default_transaction_read_only")
                    .update();
            reconnect(superuser);
        }
        assertWorksAgainAndNothingWasWritten();
    }

    private void reconnect(JdbcClient superuser) {
        superuser
                .sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'walcast_app_login'")
                .query()
                .listOfRows();
        await().until(() -> rest.get("/conversations", "u1").status() == 200);
    }

    private void assertWorksAgainAndNothingWasWritten() {
        var answer = await().until(() -> rest.say(conversation, "u1", "hi"), a -> a.status() == 201);

        assertThat(answer.json().path("seq").asInt()).isEqualTo(1);
        assertThat(rest.get("/conversations/" + conversation, "u1").json().path("members"))
                .hasSize(2);
    }

    private static void assertUnavailable(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.text("code")).isEqualTo("unavailable");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 5);
    }
}
