package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.rooms.Conversations.Question;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the tables are asked, and what that costs. */
class HistoryIT {

    /** Far beyond the ids that the test's own rows get. */
    private static final long NEVER_WRITTEN = 1_000_000_000;

    private static final int ROWS = 1_000;

    @Test
    void rowsThatAreNeverSeenAreSettledTogetherAndForOneTransactionId() {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database)) {
            var history = relay.bean(History.class);
            UUID conversation = new Outbox(database).conversation();
            List<Long> rows =
                    LongStream.range(0, ROWS).mapToObj(i -> NEVER_WRITTEN + i).toList();
            List<Question> questions = LongStream.range(0, ROWS)
                    .mapToObj(i -> new Question(conversation, "ada", null, NEVER_WRITTEN + ROWS + i, 0, false))
                    .toList();
            JdbcClient jdbc = JdbcClient.create(database.dataSource());
            long before = transactionId(jdbc);

            await().until(() -> history.settled(rows).size() == ROWS);
            await().until(() -> history.tails(questions).stream().allMatch(Conversations.Tail::membershipSettled));

            // Heartbeats of the relay take some as well.
            assertThat(transactionId(jdbc) - before).isLessThan(ROWS / 2);
        }
    }

    private static long transactionId(JdbcClient jdbc) {
        return jdbc.sql("select pg_current_xact_id()::text::bigint")
                .query(Long.class)
                .single();
    }
}
