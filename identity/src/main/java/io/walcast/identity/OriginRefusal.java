package io.walcast.identity;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The one answer to a page whose origin is not in {@link OriginSettings}, for REST and for both kinds of WebSocket. */
public final class OriginRefusal {

    private static final String DETAIL =
            "Pages of this origin may not connect. Add it to " + OriginSettings.KEY + " to let them in.";

    private OriginRefusal() {}

    /** Answers with status 403 and a problem detail, code {@code origin_not_allowed}. */
    public static void write(HttpServletResponse response) throws IOException {
        ProblemWriter.write(
                response,
                HttpServletResponse.SC_FORBIDDEN,
                "origin_not_allowed",
                "Pages of this origin may not call",
                DETAIL);
    }
}
