package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.db.TestDatabase;
import io.walcast.relay.RelayProcess;
import org.junit.jupiter.api.Test;

/** Which transactions there are, where the newest one runs. */
class MarkStatementsIT {

    @Test
    void theNewestTransactionThatRunsIsNotTakenForOneThatHasNotBegun() throws Exception {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database);
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            var begun = statement.executeQuery("select pg_current_xact_id()::text::bigint");
            begun.next();
            long running = begun.getLong(1);
            var transactions = relay.bean(MarkStatements.class).transactions();
            assertThat(transactions.next()).isGreaterThan(running);
            assertThat(transactions.oldest()).isLessThanOrEqualTo(running);
            connection.rollback();
        }
    }
}
