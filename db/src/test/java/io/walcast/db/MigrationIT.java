package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class MigrationIT {

    @Test
    void publishesInsertsOnlyAndNotTheMarks() {
        try (var database = TestDatabase.create()) {
            var jdbc = JdbcClient.create(database.dataSource());

            assertThat(jdbc.sql(
                                    "select pubinsert and not pubupdate and not pubdelete and not pubtruncate from pg_publication")
                            .query(Boolean.class)
                            .single())
                    .isTrue();
            assertThat(jdbc.sql("select unnest(attnames) from pg_publication_tables where pubname = 'walcast'")
                            .query(String.class)
                            .list())
                    .containsExactly("id", "topic", "event_key", "payload", "headers", "created_at");
        }
    }
}
