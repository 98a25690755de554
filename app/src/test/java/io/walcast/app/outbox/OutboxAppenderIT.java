package io.walcast.app.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

@RestTest
class OutboxAppenderIT {

    private final UUID conversation = UUID.randomUUID();

    @Autowired
    private OutboxAppender outbox;

    @Autowired
    private TransactionOperations transactions;

    @Autowired
    private TestDatabase database;

    @Test
    void appendsInTheCallersTransaction() {
        transactions.executeWithoutResult(
                transaction -> outbox.append(OutboxTopic.MEMBER_ADDED, conversation, Map.of("emoji", "\uD83D\uDC4D")));

        assertThat(payloads()).containsExactly("{\"emoji\": \"\uD83D\uDC4D\"}");
    }

    @Test
    void appendsNothingIfTheCallerRollsBack() {
        transactions.executeWithoutResult(transaction -> {
            outbox.append(OutboxTopic.MEMBER_ADDED, conversation, Map.of());
            transaction.setRollbackOnly();
        });

        assertThat(payloads()).isEmpty();
    }

    @Test
    void refusesToWorkOutsideATransaction() {
        assertThatThrownBy(() -> outbox.append(OutboxTopic.MEMBER_ADDED, conversation, Map.of()))
                .isInstanceOf(OutsideTransactionException.class)
                .hasMessageContaining("messaging.member_added");
        assertThat(payloads()).isEmpty();
    }

    @Test
    void refusesToWorkInTheTransactionOfAnotherDatabase() {
        try (var other = TestDatabase.create()) {
            var elsewhere = new TransactionTemplate(new JdbcTransactionManager(other.dataSource()));

            elsewhere.executeWithoutResult(transaction -> assertThatThrownBy(
                            () -> outbox.append(OutboxTopic.MEMBER_ADDED, conversation, Map.of()))
                    .isInstanceOf(OutsideTransactionException.class));
        }
        assertThat(payloads()).isEmpty();
    }

    private List<String> payloads() {
        return JdbcClient.create(database.dataSource())
                .sql("select payload from outbox where event_key = ?")
                .param(conversation.toString())
                .query(String.class)
                .list();
    }
}
