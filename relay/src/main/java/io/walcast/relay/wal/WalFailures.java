package io.walcast.relay.wal;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Classifies failures of the WAL side: whether a retry may help, and the words of the report. */
final class WalFailures {

    /** invalid_password, invalid_authorization_specification, insufficient_privilege, invalid_catalog_name. */
    private static final Set<String> REFUSED = Set.of("28P01", "28000", "42501", "3D000");

    /**
     * admin_shutdown and cannot_connect_now: PostgreSQL is shutting down and waits for our walsender, while marks, and
     * so acknowledgements, fail already.
     */
    private static final Set<String> SHUTTING_DOWN = Set.of("57P01", "57P03");

    /** The PostgreSQL function that misses a publication: unlike the text it does not depend on the language. */
    private static final String MISSES_PUBLICATION = "get_publication_oid";

    private WalFailures() {}

    /** The steps for operators after the failure; empty if a retry may help. */
    static Optional<String> remedy(Throwable failure) {
        if (failure instanceof FatalWalException fatal) {
            return Optional.of(fatal.remedy());
        }
        if (hasSqlState(failure, REFUSED)) {
            return Optional.of("PostgreSQL refuses the relay (" + summary(failure)
                    + "); check walcast.relay.database.*, and that the"
                    + " user has REPLICATION and is a member of walcast_relay");
        }
        return Optional.empty();
    }

    static boolean isShutdown(Throwable failure) {
        return hasSqlState(failure, SHUTTING_DOWN);
    }

    /**
     * Whether the slot stands before a change that was written while there was no publication. Up to PostgreSQL 17 the
     * slot cannot pass it, whether there is one now or not.
     */
    static boolean cannotPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException refusal
                    && refusal.getServerErrorMessage() != null
                    && MISSES_PUBLICATION.equals(refusal.getServerErrorMessage().getRoutine())) {
                return true;
            }
        }
        return false;
    }

    /** The cause of that type; null if there is none. */
    static <T extends Throwable> @Nullable T cause(@Nullable Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** The message of the innermost cause. The exceptions around it are less specific. */
    static String summary(Throwable failure) {
        if (failure instanceof HaltedException halted) {
            return String.valueOf(halted.getMessage());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static boolean hasSqlState(Throwable failure, Set<String> states) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null && states.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
