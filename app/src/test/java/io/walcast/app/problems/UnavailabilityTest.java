package io.walcast.app.problems;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Failures after which the same request may succeed, and others. */
class UnavailabilityTest {

    static Stream<Exception> failuresOfTheDatabase() {
        var closed = new SQLException("Connection is closed");
        return Stream.of(
                new CannotGetJdbcConnectionException("no connection", closed),
                new CannotCreateTransactionException("no transaction", closed),
                // After a commit that failed with its connection.
                new TransactionSystemException("JDBC rollback failed", closed),
                new QueryTimeoutException("canceled", new SQLException("canceling statement", "57014")),
                new IllegalStateException(new SQLException("terminating connection", "57P01")));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheDatabase")
    void aRepeatMaySucceed(Exception failure) {
        assertThat(Unavailability.isCauseOf(failure)).isTrue();
    }

    @Test
    void aDefectIsNone() {
        assertThat(Unavailability.isCauseOf(
                        new DataIntegrityViolationException("refused", new SQLException("not null", "23502"))))
                .isFalse();
        assertThat(Unavailability.isCauseOf(new IllegalStateException("no cause")))
                .isFalse();
    }
}
