package io.walcast.identity;

import io.walcast.identity.UnidentifiedException.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/** The identity of jwt mode: a caller is the subject of its token, if the token is valid. */
final class TokenIdentity implements Identity {

    /** In characters. The limit of a header is about the same. */
    private static final int LONGEST = 16 * 1024;

    private final JwtDecoder decoder;
    private final String authoritiesClaim;
    private final Duration clockSkew;
    private final DefaultBearerTokenResolver header = new DefaultBearerTokenResolver();

    TokenIdentity(JwtDecoder decoder, AuthSettings.Jwt settings) {
        this.decoder = decoder;
        this.authoritiesClaim = settings.authoritiesClaim();
        this.clockSkew = settings.clockSkew();
    }

    @Override
    public @Nullable Caller of(HttpServletRequest request) throws UnidentifiedException {
        try {
            String token = header.resolve(request);
            return token == null ? null : of(token);
        } catch (OAuth2AuthenticationException e) {
            throw refused();
        }
    }

    @Override
    public Caller of(@Nullable String userId, @Nullable String token) throws UnidentifiedException {
        if (token == null) {
            throw new UnidentifiedException(Reason.UNKNOWN, "A token is required.");
        }
        return of(token);
    }

    Caller of(String token) throws UnidentifiedException {
        if (token.length() > LONGEST) {
            throw refused();
        }
        try {
            return caller(decoder.decode(token));
        } catch (JwtValidationException e) {
            throw e.getErrors().contains(Lifetime.EXPIRED)
                    ? new UnidentifiedException(Reason.EXPIRED, "The token has expired: get a new one.")
                    : refused();
        } catch (BadJwtException e) {
            throw refused();
        } catch (JwtException e) {
            throw new UnidentifiedException(
                    Reason.UNAVAILABLE, "Tokens cannot be checked now: try again in a few seconds.");
        }
    }

    private Caller caller(Jwt token) throws UnidentifiedException {
        String subject = token.getSubject();
        Instant expiresAt = token.getExpiresAt();
        if (subject == null || expiresAt == null || !UserId.isWellFormed(subject)) {
            throw refused();
        }
        return new Caller(new UserId(subject), authorities(token), expiresAt.plus(clockSkew));
    }

    /** A list, or one string with spaces as in the {@code scope} of OAuth. */
    private Set<String> authorities(Jwt token) {
        Object claim = token.getClaim(authoritiesClaim);
        Collection<?> granted = claim instanceof Collection<?> many
                ? many
                : claim instanceof String one ? List.of(one.split(" ")) : List.of();
        return granted.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .filter(authority -> !authority.isBlank())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static UnidentifiedException refused() {
        return new UnidentifiedException(Reason.UNKNOWN, "The token is not valid here.");
    }
}
