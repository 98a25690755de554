package io.walcast.app.problems;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Distinguishes failures of a database that cannot serve now, after which a repeat may succeed, from defects. */
final class Unavailability {

    // Classes: connection exception, insufficient resources, operator intervention, system error.
    private static final Set<String> CLASSES = Set.of("08", "53", "57", "58");

    // read_only_sql_transaction (connected to a standby), idle_in_transaction_session_timeout, transaction_timeout,
    // serialization_failure, statement_completion_unknown, deadlock_detected, lock_not_available.
    private static final Set<String> STATES = Set.of("25006", "25P03", "25P04", "40001", "40003", "40P01", "55P03");

    private Unavailability() {}

    static boolean isCauseOf(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CannotGetJdbcConnectionException
                    || cause instanceof CannotCreateTransactionException
                    // The rollback found its connection closed, and hides why the commit or the statement failed.
                    || cause instanceof TransactionSystemException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLException sql && isTransient(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTransient(@Nullable String state) {
        return state != null
                && state.length() == 5
                && (CLASSES.contains(state.substring(0, 2)) || STATES.contains(state));
    }
}
