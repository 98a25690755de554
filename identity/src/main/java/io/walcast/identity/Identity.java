package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Identifies clients, by the method of {@code walcast.auth.mode}. Thread-safe. */
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
     * @param userId used in header mode only
     * @param token used in jwt mode only
     * @throws UnidentifiedException if it names none, or that is malformed or not valid
     */
    Caller of(@Nullable String userId, @Nullable String token) throws UnidentifiedException;
}
