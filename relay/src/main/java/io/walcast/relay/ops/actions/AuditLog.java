package io.walcast.relay.ops.actions;

import io.walcast.identity.Caller;
import io.walcast.relay.runtime.RelayDatabase;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The manual actions with user, object and outcome: a row of a table, and a line of the log, for each. Thread-safe. */
@Component
public class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final String BEGIN =
            "insert into ops_audit (who, action, subject) values (:who, :action, :subject) returning id";

    private static final String END = "update ops_audit set outcome = :outcome where id = :id";

    private static final String NEWEST = """
            select at, who, action, subject, outcome from ops_audit order by id desc limit ?
            """;

    /** @param outcome null while the action is in progress; it stays null if the process ends before the action does */
    public record Entry(
            Instant at,
            String who,
            String action,
            String subject,
            @Nullable String outcome) {}

    private final JdbcClient jdbc;

    AuditLog(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    /** The newest entries, the newest first. */
    public List<Entry> newest(int most) {
        return jdbc.sql(NEWEST)
                .param(most)
                .query((row, number) -> new Entry(
                        row.getTimestamp("at").toInstant(),
                        row.getString("who"),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("outcome")))
                .list();
    }

    /**
     * Does the action between two entries of the log.
     *
     * @param outcome how it ended, in a few words
     * @throws DataAccessException if it cannot be logged: then nothing was done
     */
    <T> T record(
            HttpServletRequest request,
            String action,
            String subject,
            Supplier<T> work,
            Function<? super T, String> outcome) {
        String who = who(request);
        long id = jdbc.sql(BEGIN)
                .param("who", who)
                .param("action", action)
                .param("subject", subject)
                .query(Long.class)
                .single();
        try {
            T result = work.get();
            end(id, who, action, subject, outcome.apply(result));
            return result;
        } catch (RuntimeException e) {
            end(id, who, action, subject, "failed: " + e.getMessage());
            throw e;
        }
    }

    private void end(long id, String who, String action, String subject, String outcome) {
        LOG.warn("By hand: {} {}, by {}: {}", action, subject, who, outcome);
        try {
            jdbc.sql(END).param("outcome", outcome).param("id", id).update();
        } catch (DataAccessException e) {
            LOG.warn("The end of audit entry {} could not be written: {}", id, e.getMessage());
        }
    }

    private static String who(HttpServletRequest request) {
        Caller caller = Caller.ofRequest();
        return caller == null
                ? "somebody at " + request.getRemoteAddr()
                : caller.userId().value();
    }
}
