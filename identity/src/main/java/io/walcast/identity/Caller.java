package io.walcast.identity;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * An identified caller.
 *
 * @param authorities the authorities that the token grants to this user, such as {@code ops}
 * @param validUntil expiry of the token, with the clock skew added; null if there is no token
 */
public record Caller(
        UserId userId, Set<String> authorities, @Nullable Instant validUntil) {

    public Caller {
        authorities = Set.copyOf(authorities);
    }

    /** A caller of header mode, without a token. */
    static Caller named(UserId userId) {
        return new Caller(userId, Set.of(), null);
    }

    /** The caller whose token came with this thread's request; null if there was none, and always in header mode. */
    public static @Nullable Caller ofRequest() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller ? caller : null;
    }
}
