package io.walcast.app.database;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.db.UnconfirmedCommit;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Runs statements, and does not take one for done whose commit PostgreSQL itself warns of.
 *
 * <p>A connection that was lost speaks for all that rest in the pool: the network may have swallowed them too. They are
 * replaced together, since posts use few connections at a time and would find out of one after the other. Thread-safe.
 */
@Component
final class ConfirmedStatements extends JdbcTemplate {

    private static final String CONNECTION_EXCEPTIONS = "08";

    /** The socketTimeout: what fails sooner after a replacement had begun before it, or lost nothing but its own. */
    private static final long REPLACED_AT_MOST_EVERY_NANOS =
            Duration.ofSeconds(15).toNanos();

    private final HikariDataSource pool;
    private final AtomicLong replacedNanos = new AtomicLong(System.nanoTime() - REPLACED_AT_MOST_EVERY_NANOS);

    ConfirmedStatements(HikariDataSource pool) {
        super(pool);
        this.pool = pool;
    }

    @Override
    protected void handleWarnings(Statement statement) throws SQLException {
        UnconfirmedCommit.check(statement.getWarnings());
    }

    @Override
    protected DataAccessException translateException(String task, @Nullable String sql, SQLException failure) {
        String state = failure.getSQLState();
        if (state != null && state.startsWith(CONNECTION_EXCEPTIONS)) {
            replaceResting();
        }
        return super.translateException(task, sql, failure);
    }

    private void replaceResting() {
        long before = replacedNanos.get();
        long now = System.nanoTime();
        if (now - before >= REPLACED_AT_MOST_EVERY_NANOS && replacedNanos.compareAndSet(before, now)) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }
}
