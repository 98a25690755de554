package io.walcast.relay.doctor;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Asks each check in a read-only transaction of its own, which is rolled back.
 *
 * <p>The limits are the transaction's, not the session's: behind a pooler, a setting of the session would stay on a backend
 * that others use. <b>Concurrency.</b> For one thread. <b>Error policy.</b> A question that the server refuses, or does not
 * answer in time, is a finding; a connection that failed is an {@link SQLException}.
 */
final class Questions {

    private static final List<String> LIMITS =
            List.of("set local statement_timeout = '2s'", "set local lock_timeout = '1s'");

    private final Connection connection;
    private final JdbcClient jdbc;

    Questions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        this.connection = connection;
        this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    List<Finding> ask(Check check) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String limit : LIMITS) {
                statement.execute(limit);
            }
            return check.ask(jdbc);
        } catch (DataAccessException e) {
            SQLException failure = cause(e);
            if (failure == null || String.valueOf(failure.getSQLState()).startsWith("08")) {
                throw failure == null ? new SQLException(e) : failure;
            }
            return List.of(Finding.warning(
                    check.topic(),
                    "PostgreSQL does not answer this question: " + failure.getMessage(),
                    "ask again, or as a superuser"));
        } finally {
            connection.rollback();
        }
    }

    private static @Nullable SQLException cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        return null;
    }
}
