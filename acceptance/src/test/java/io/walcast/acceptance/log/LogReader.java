package io.walcast.acceptance.log;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the log of one conversation page by page into a state, as a relay does for a client that resumes. */
final class LogReader {

    private static final JsonMapper JSON = new JsonMapper();

    private record Row(
            long pos,
            @Nullable Long seq,
            @Nullable String topic,
            @Nullable String data) {}

    private final JdbcClient jdbc;
    private final UUID conversation;
    private long events;

    LogReader(JdbcClient jdbc, UUID conversation) {
        this.jdbc = jdbc;
        this.conversation = conversation;
    }

    /** Events that said something. */
    long events() {
        return events;
    }

    /**
     * Applies the next page.
     *
     * @return false if there was none
     * @throws AssertionError if an event does not follow the one before it
     */
    boolean readPage(ConversationState state, long afterSeq, int most, long mostBytes) {
        List<Row> page = jdbc.sql("select pos, seq, topic, data::text as data from log_page(?, ?, ?, ?, ?)")
                .params(conversation, state.pos(), afterSeq, most, mostBytes)
                .query(Row.class)
                .list();
        if (page.size() > most) {
            throw new AssertionError("a page of %d has %d events".formatted(most, page.size()));
        }
        page.forEach(row -> apply(state, afterSeq, row));
        return !page.isEmpty();
    }

    /** Reads pages until there is none. */
    void readAll(ConversationState state, long afterSeq, int most, long mostBytes) {
        boolean more = true;
        while (more) {
            more = readPage(state, afterSeq, most, mostBytes);
        }
    }

    private void apply(ConversationState state, long afterSeq, Row row) {
        if (row.pos() <= state.pos()) {
            throw new AssertionError("after %d comes %s".formatted(state.pos(), row));
        }
        if (row.topic() == null) {
            state.moveTo(row.pos());
            return;
        }
        events++;
        JsonNode data = JSON.readTree(row.data());
        if (data.path("from").longValue() != state.pos() || data.path("pos").longValue() != row.pos()) {
            throw new AssertionError("after %d comes %s".formatted(state.pos(), row));
        }
        if (row.topic().equals("messaging.message_created")
                && (row.seq() == null
                        || row.seq() <= afterSeq
                        || data.path("message").path("seq").longValue() != row.seq())) {
            throw new AssertionError("after seq %d comes %s".formatted(afterSeq, row));
        }
        state.apply(event(row.topic()), data);
    }

    /** The name that clients know a topic by. */
    static String event(String topic) {
        return topic.substring(topic.indexOf('.') + 1).replace('_', '.');
    }
}
