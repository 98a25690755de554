package io.walcast.app.outbox;

import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends events to the outbox, in the caller's transaction only: an event is published if and when that commits.
 *
 * <p>Events of one conversation are delivered in the order of their commits. A caller that needs a certain order must
 * hold the conversation's row lock while it appends, as a post does.
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
     * @param topic the kind of the event
     * @param conversationId conversation of the event: the key by which events are ordered
     * @param payload the event itself, serialised as JSON
     * @throws OutsideTransactionException if the calling thread has no transaction on the outbox's database
     */
    public void append(OutboxTopic topic, UUID conversationId, Object payload) {
        if (!inTransaction()) {
            throw new OutsideTransactionException(topic);
        }
        jdbc.sql(APPEND)
                .param("topic", topic.value())
                .param("eventKey", conversationId.toString())
                .param("payload", json.writeValueAsString(payload))
                .param("headers", TraceContext.asHeaders())
                .update();
    }

    // The second condition fails if the transaction is one of another database.
    private boolean inTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.hasResource(dataSource);
    }
}
