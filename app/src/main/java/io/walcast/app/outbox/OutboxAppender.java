package io.walcast.app.outbox;

import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends events to the outbox, in the caller's transaction only: the event is published if and when that commits.
 *
 * <p>Events of one conversation are delivered in the order of their commits. A caller for whom their order matters
 * holds the conversation's row lock while it appends, as a post does.
 *
 * <p>Thread-safe.
 */
@Component
public final class OutboxAppender {

    private static final String APPEND = """
            insert into outbox (topic, event_key, payload, headers)
            values (:topic, :eventKey, cast(:payload as jsonb), cast(:headers as jsonb))
            """;

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    OutboxAppender(DataSource dataSource, JdbcClient jdbc, JsonMapper json) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Appends one event.
     *
     * @param topic what kind of event it is, such as {@code messaging.member_added}
     * @param conversationId whose event it is: the key that keeps its place among the others
     * @param payload the event itself, serialised as JSON
     * @throws OutsideTransactionException if the calling thread has no transaction on the outbox's database
     */
    public void append(String topic, UUID conversationId, Object payload) {
        if (!inTransaction()) {
            throw new OutsideTransactionException(topic);
        }
        jdbc.sql(APPEND)
                .param("topic", topic)
                .param("eventKey", conversationId.toString())
                .param("payload", json.writeValueAsString(payload))
                .param("headers", TraceContext.asHeaders())
                .update();
    }

    // The second half matters where a transaction of some other database is open.
    private boolean inTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.hasResource(dataSource);
    }
}
