package io.walcast.app.database;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.db.UnconfirmedCommit;
import java.sql.SQLException;
import java.sql.Statement;
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

    private final HikariDataSource pool;

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
            pool.getHikariPoolMXBean().softEvictConnections();
        }
        return super.translateException(task, sql, failure);
    }
}
