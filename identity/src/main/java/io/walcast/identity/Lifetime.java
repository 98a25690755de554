package io.walcast.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Requires that a token has an expiry that has not passed, and a beginning that has (RFC 7519, sections 4.1.4 and
 * 4.1.5). Immutable.
 */
final class Lifetime implements OAuth2TokenValidator<Jwt> {

    static final OAuth2Error EXPIRED = new OAuth2Error("token_expired");
    private static final OAuth2Error NOT_NOW = new OAuth2Error("invalid_token");

    private final Duration clockSkew;
    private final Clock clock;

    Lifetime(Duration clockSkew, Clock clock) {
        this.clockSkew = clockSkew;
        this.clock = clock;
    }

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        Instant now = clock.instant();
        Instant end = token.getExpiresAt();
        Instant beginning = token.getNotBefore();
        if (end == null || (beginning != null && beginning.minus(clockSkew).isAfter(now))) {
            return OAuth2TokenValidatorResult.failure(NOT_NOW);
        }
        return end.plus(clockSkew).isAfter(now)
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(EXPIRED);
    }
}
