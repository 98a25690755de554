package io.walcast.app.database;

import io.walcast.db.UnconfirmedCommit;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Runs statements, and does not take one for done whose commit PostgreSQL itself warns of. Thread-safe. */
@Component
final class ConfirmedStatements extends JdbcTemplate {

    ConfirmedStatements(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    protected void handleWarnings(Statement statement) throws SQLException {
        UnconfirmedCommit.check(statement.getWarnings());
    }
}
