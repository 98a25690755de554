package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Outbox rows that somebody deletes, and rows that retention deletes. */
class OutboxDeletionsIT {

    private static final String ROW = "insert into outbox (topic, event_key, payload) values ('t', 'k', '{}')";

    private static TestDatabase database;
    private static JdbcClient jdbc;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        jdbc = JdbcClient.create(database.dataSource());
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        jdbc.sql("truncate outbox restart identity").update();
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncate outbox restart identity", "delete from outbox"})
    void leaveNothingParkedWhoeverDeletesThem(String deletion) throws Exception {
        jdbc.sql(ROW).update();
        jdbc.sql("insert into outbox_parked (outbox_id) select id from outbox").update();
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            // As a subscription has it.
            statement.execute("set session_replication_role = replica");
            statement.execute(deletion);
        }

        assertThat(jdbc.sql("select count(*) from outbox_parked")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void ofATimeToComeHoldUpNoRetention() {
        jdbc.sql(ROW).update();
        jdbc.sql("update outbox set published_at = now() + interval '10 years'").update();
        jdbc.sql(ROW).update();
        jdbc.sql("update outbox set published_at = now() - interval '1 day' where id = 2")
                .update();

        assertThat(jdbc.sql("select concat_ws(' ', deleted, young) from delete_published_outbox(1, 2, now())")
                        .query(String.class)
                        .single())
                .isEqualTo("1 f");
    }
}
