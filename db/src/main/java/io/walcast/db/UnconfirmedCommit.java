package io.walcast.db;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;

/**
 * A commit that stands on one server, and for which nobody knows whether the synchronous standby has it.
 *
 * <p>PostgreSQL tells of it by a warning ("canceling wait for synchronous replication"), and answers as if all were well.
 */
public final class UnconfirmedCommit extends SQLTransientException {

    /** statement_completion_unknown. */
    private static final String SQL_STATE = "40003";

    /** Where in PostgreSQL the warning comes from: unlike its words the same in every language. */
    private static final String ROUTINE = "SyncRepWaitForLSN";

    private UnconfirmedCommit(SQLWarning warning) {
        super("the commit is not confirmed by a synchronous standby: " + warning.getMessage(), SQL_STATE);
    }

    /**
     * Looks through the warnings of a statement, or of a connection after a commit.
     *
     * @throws UnconfirmedCommit if one of them says that the wait for the standby was given up
     */
    public static void check(@Nullable SQLWarning warnings) throws SQLException {
        for (SQLWarning warning = warnings; warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning told
                    && told.getServerErrorMessage() != null
                    && ROUTINE.equals(told.getServerErrorMessage().getRoutine())) {
                throw new UnconfirmedCommit(warning);
            }
        }
    }
}
