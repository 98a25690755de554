package io.walcast.app.database;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.db.UnconfirmedCommitException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Runs statements. A statement fails if PostgreSQL warns that a synchronous standby did not confirm its commit.
 *
 * <p>If a connection is lost, all idle connections of the pool are replaced: the network may have dropped them too.
 * Posts use few connections at a time, and would otherwise fail on one after the other. Thread-safe.
 */
@Component
final class ConfirmedStatements extends JdbcTemplate {

    private static final String CONNECTION_EXCEPTIONS = "08";

    /**
     * The socketTimeout: a statement that fails sooner after a replacement began before it, or lost only its own
     * connection.
     */
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
        UnconfirmedCommitException.check(statement.getWarnings());
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
