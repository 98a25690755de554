package io.walcast.app.database;

import io.walcast.db.UnconfirmedCommitException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Runs transactions. A transaction fails if PostgreSQL warns that a synchronous standby did not confirm its commit.
 * Thread-safe.
 */
@Component
final class ConfirmedTransactions extends JdbcTransactionManager {

    ConfirmedTransactions(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        var connection = DataSourceUtils.getConnection(obtainDataSource());
        try {
            connection.clearWarnings();
            super.doCommit(status);
            UnconfirmedCommitException.check(connection.getWarnings());
        } catch (SQLException e) {
            throw translateException("commit", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, obtainDataSource());
        }
    }
}
