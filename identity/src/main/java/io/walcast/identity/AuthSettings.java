package io.walcast.identity;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the authentication of callers.
 *
 * @param mode the kind of authentication
 * @param allowUnauthenticatedRemote whether a server in header mode may listen on other addresses than
 *     loopback, where any client can be any user
 * @param opsAuthority authority that a token must grant for operations
 * @param jwt the tokens that are accepted, in jwt mode
 */
@Validated
@ConfigurationProperties("walcast.auth")
public record AuthSettings(
        @NotNull @DefaultValue("header") Mode mode,
        @DefaultValue("false") boolean allowUnauthenticatedRemote,
        @NotBlank @DefaultValue("ops") String opsAuthority,
        @NotNull @DefaultValue Jwt jwt) {

    /** The kind of authentication. */
    public enum Mode {
        /** A caller is the user that it names, without proof: for development, on loopback. */
        HEADER,
        /** A caller is the subject of its token. */
        JWT
    }

    public AuthSettings {
        if (mode == Mode.JWT) {
            jwt.check();
        }
    }

    public boolean usesTokens() {
        return mode == Mode.JWT;
    }

    /**
     * The tokens that are accepted.
     *
     * @param issuer required value of {@code iss}
     * @param audience required element of {@code aud}
     * @param jwksUri URL of the issuer's public keys; OpenID discovery finds it if neither this nor a secret is set
     * @param secret shared with the issuer, at least 32 bytes, for HS256; never printed
     * @param algorithm the only algorithm that is accepted with public keys
     * @param clockSkew tolerated difference to the issuer's clock; at most 2 minutes
     * @param authoritiesClaim claim that lists the authorities of the user
     * @param renewBefore time before the expiry of a token at which its connection is asked for a new one
     */
    public record Jwt(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable URI jwksUri,
            @Nullable String secret,
            @DefaultValue("RS256") String algorithm,
            @DefaultValue("30s") Duration clockSkew,
            @DefaultValue("scope") String authoritiesClaim,
            @DefaultValue("1m") Duration renewBefore) {

        private static final int SECRET_BYTES = 32;
        private static final Set<String> ALGORITHMS =
                Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

        public Jwt {
            algorithm = algorithm.toUpperCase(Locale.ROOT);
            Assert.isTrue(
                    ALGORITHMS.contains(algorithm),
                    "algorithm must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512");
            Assert.isTrue(
                    !clockSkew.isNegative() && clockSkew.compareTo(Duration.ofMinutes(2)) <= 0,
                    "clock-skew must be between 0 and 2 minutes");
            Assert.isTrue(renewBefore.toMillis() > 0, "renew-before must be positive");
            Assert.hasText(authoritiesClaim, "authorities-claim must not be empty");
        }

        private void check() {
            Assert.hasText(
                    issuer, "walcast.auth.mode=jwt needs walcast.auth.jwt.issuer: set it to the iss of your tokens");
            Assert.hasText(
                    audience,
                    "walcast.auth.mode=jwt needs walcast.auth.jwt.audience: set it to a value that the aud of your tokens contains");
            Assert.isTrue(
                    secret == null || jwksUri == null,
                    "set either walcast.auth.jwt.secret or walcast.auth.jwt.jwks-uri, not both");
            Assert.isTrue(
                    secret == null || secret.getBytes(StandardCharsets.UTF_8).length >= SECRET_BYTES,
                    "walcast.auth.jwt.secret must have at least 32 bytes");
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "Jwt[issuer=%s, audience=%s, jwksUri=%s, secret=%s, algorithm=%s]",
                    issuer,
                    audience,
                    jwksUri,
                    secret == null ? "none" : "set",
                    algorithm);
        }
    }
}
