package io.walcast.identity;

import io.walcast.identity.UnidentifiedException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The identity of header mode: each client names its user itself, without proof. For development. */
final class HeaderIdentity implements Identity {

    private static final String PARAMETER = "userId";

    @Override
    public @Nullable Caller of(HttpServletRequest request) throws UnidentifiedException {
        try {
            UserId named = UserIdHeader.of(request);
            if (named != null) {
                return Caller.named(named);
            }
        } catch (UserIdHeader.MalformedException e) {
            throw new UnidentifiedException(Reason.UNKNOWN, "The header " + UserIdHeader.NAME + " " + e.rule() + ".");
        }
        String[] values = parameters(request);
        if (values == null) {
            return null;
        }
        if (values.length > 1) {
            throw new UnidentifiedException(Reason.UNKNOWN, "The parameter " + PARAMETER + " must be given once.");
        }
        return of(values[0], null);
    }

    private static String @Nullable [] parameters(HttpServletRequest request) throws UnidentifiedException {
        try {
            return request.getParameterValues(PARAMETER);
        } catch (IllegalStateException e) {
            // The Servlet API throws this for a query that cannot be decoded.
            throw new UnidentifiedException(Reason.UNKNOWN, "The query of this URL cannot be decoded.");
        }
    }

    @Override
    public Caller of(@Nullable String userId, @Nullable String token) throws UnidentifiedException {
        if (userId == null || userId.isBlank()) {
            throw new UnidentifiedException(Reason.UNKNOWN, "A userId is required.");
        }
        if (!UserId.isWellFormed(userId)) {
            throw new UnidentifiedException(Reason.UNKNOWN, "A userId " + UserId.RULE + ".");
        }
        return Caller.named(new UserId(userId));
    }
}
