package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Finds out who a client is, in the way that {@code walcast.auth.mode} sets. Thread-safe. */
public interface Identity {

    /**
     * The caller that an HTTP request names by its headers.
     *
     * @return null if it names none
     * @throws Unidentified if what it says is not to be believed
     */
    @Nullable
    Caller of(HttpServletRequest request) throws Unidentified;

    /**
     * The caller that a client names once it is connected.
     *
     * @param userId counts in header mode only
     * @param token counts in jwt mode only
     * @throws Unidentified if that is nobody, or not to be believed
     */
    Caller of(@Nullable String userId, @Nullable String token) throws Unidentified;
}
