package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header in which a caller names itself in header mode: for REST and for WebSocket handshakes alike. */
public final class UserIdHeader {

    /** Its name. */
    public static final String NAME = "X-User-Id";

    /**
     * The header is present, and does not name one user. The message completes a sentence that starts with its name.
     */
    public static final class MalformedException extends Exception {

        private static final long serialVersionUID = 1;

        private MalformedException(String rule) {
            super(rule, null, false, false);
        }

        /** The rule that the header breaks. */
        public String rule() {
            return String.valueOf(getMessage());
        }
    }

    private UserIdHeader() {}

    /**
     * The user that a request names.
     *
     * @return null if it has no such header
     * @throws MalformedException if it has several, or one that is not a user id
     */
    public static @Nullable UserId of(HttpServletRequest request) throws MalformedException {
        List<String> values = Collections.list(request.getHeaders(NAME));
        if (values.isEmpty()) {
            return null;
        }
        // A proxy may have added its own header to the client's. Neither of two is accepted.
        if (values.size() > 1) {
            throw new MalformedException("must be given once");
        }
        if (!UserId.isWellFormed(values.get(0))) {
            throw new MalformedException(UserId.RULE);
        }
        return new UserId(values.get(0));
    }
}
