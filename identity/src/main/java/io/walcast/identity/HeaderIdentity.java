package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** A caller is who it says it is: for development. */
final class HeaderIdentity implements Identity {

    @Override
    public @Nullable Caller of(HttpServletRequest request) throws Unidentified {
        String header = request.getHeader("X-User-Id");
        String named = header != null ? header : parameter(request);
        return named == null ? null : of(named, null);
    }

    private static @Nullable String parameter(HttpServletRequest request) throws Unidentified {
        try {
            return request.getParameter("userId");
        } catch (IllegalStateException e) {
            // What the Servlet API has for a query that cannot be decoded.
            throw new Unidentified(Unidentified.Reason.UNKNOWN, "The query of this URL cannot be decoded.");
        }
    }

    @Override
    public Caller of(@Nullable String userId, @Nullable String token) throws Unidentified {
        if (userId == null || userId.isBlank()) {
            throw new Unidentified(Unidentified.Reason.UNKNOWN, "Say who you are with a userId.");
        }
        if (!UserId.isWellFormed(userId)) {
            throw new Unidentified(Unidentified.Reason.UNKNOWN, "A userId " + UserId.RULE + ".");
        }
        return Caller.named(new UserId(userId));
    }
}
