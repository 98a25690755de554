package io.walcast.identity;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Someone who is identified.
 *
 * @param authorities what the token grants beyond being this user, such as {@code ops}
 * @param validUntil when the token is no longer accepted anywhere, the clock skew included; null if there is no token
 */
public record Caller(
        UserId userId, Set<String> authorities, @Nullable Instant validUntil) {

    public Caller {
        authorities = Set.copyOf(authorities);
    }

    /** One who is believed. */
    static Caller named(UserId userId) {
        return new Caller(userId, Set.of(), null);
    }

    /** The one whose token came with the request of this thread; null if none did, and always in header mode. */
    public static @Nullable Caller ofRequest() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller ? caller : null;
    }
}
