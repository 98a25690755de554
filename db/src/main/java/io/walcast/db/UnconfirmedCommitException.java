package io.walcast.db;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;

/**
 * A commit that is made on the primary, while it is unknown whether the synchronous standby has it.
 *
 * <p>PostgreSQL reports it by a warning ("canceling wait for synchronous replication") only, and not by an error.
 */
public final class UnconfirmedCommitException extends SQLTransientException {

    /** statement_completion_unknown. */
    private static final String SQL_STATE = "40003";

    /** The PostgreSQL function that warns: unlike the text it does not depend on the language. */
    private static final String ROUTINE = "SyncRepWaitForLSN";

    private UnconfirmedCommitException(SQLWarning warning) {
        super("the commit is not confirmed by a synchronous standby: " + warning.getMessage(), SQL_STATE);
    }

    /**
     * Checks the warnings of a statement, or of a connection after a commit.
     *
     * @throws UnconfirmedCommitException if one of them says that the wait for the standby was cancelled
     */
    public static void check(@Nullable SQLWarning warnings) throws SQLException {
        for (SQLWarning warning = warnings; warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning told
                    && told.getServerErrorMessage() != null
                    && ROUTINE.equals(told.getServerErrorMessage().getRoutine())) {
                throw new UnconfirmedCommitException(warning);
            }
        }
    }
}
