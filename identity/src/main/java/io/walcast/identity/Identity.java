package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Identifies clients, in the way that {@code walcast.auth.mode} sets. Thread-safe. */
public interface Identity {

    /**
     * The caller that an HTTP request names by its headers.
     *
     * @return null if it names none
     * @throws UnidentifiedException if that is malformed or not valid
     */
    @Nullable
    Caller of(HttpServletRequest request) throws UnidentifiedException;

    /**
     * The caller that a client names once it is connected.
     *
     * @param userId counts in header mode only
     * @param token counts in jwt mode only
     * @throws UnidentifiedException if it names none, or that is malformed or not valid
     */
    Caller of(@Nullable String userId, @Nullable String token) throws UnidentifiedException;
}
