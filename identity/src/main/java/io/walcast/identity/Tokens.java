package io.walcast.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;
import io.walcast.startup.StartupException;
import java.io.Closeable;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decodes and validates tokens by the settings: one algorithm, one issuer, one audience.
 *
 * <p><b>Lifecycle.</b> Public keys are fetched at first use and cached; a thread of the key source renews them before
 * they expire. <b>Concurrency.</b> Thread-safe. A token with an unknown key causes the keys to be fetched again, at
 * most twice in {@link #MIN_INTERVAL}; other tokens wait for that, at most for the timeouts. <b>Error policy.</b> While
 * the issuer does not answer, the cached keys stay valid for {@link #OUTAGE}.
 */
final class Tokens implements JwtDecoder, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);
    private static final Duration OUTAGE = Duration.ofHours(4);
    private static final int LARGEST_ANSWER = 256 * 1024;

    private final NimbusJwtDecoder decoder;
    private final @Nullable JWKSource<SecurityContext> keys;

    Tokens(AuthSettings.Jwt settings) {
        String secret = settings.secret();
        if (secret != null) {
            keys = null;
            decoder = NimbusJwtDecoder.withSecretKey(
                            new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                    .macAlgorithm(MacAlgorithm.HS256)
                    .jwtProcessorCustomizer(Tokens::acceptTypes)
                    .build();
        } else {
            keys = keysOf(settings);
            decoder = NimbusJwtDecoder.withJwkSource(keys)
                    .jwsAlgorithm(Objects.requireNonNull(SignatureAlgorithm.from(settings.algorithm())))
                    .jwtProcessorCustomizer(Tokens::acceptTypes)
                    .build();
        }
        var audience = Objects.requireNonNull(settings.audience());
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<Jwt>(
                new JwtIssuerValidator(Objects.requireNonNull(settings.issuer())),
                new JwtClaimValidator<List<String>>("aud", all -> all != null && all.contains(audience)),
                new Lifetime(settings.clockSkew(), Clock.systemUTC())));
    }

    @Override
    public Jwt decode(String token) {
        return decoder.decode(token);
    }

    @Override
    public void close() throws IOException {
        if (keys instanceof Closeable fetched) {
            fetched.close();
        }
    }

    /** None, JWT, or that of RFC 9068 for access tokens. */
    private static void acceptTypes(ConfigurableJWTProcessor<SecurityContext> processor) {
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    }

    private static JWKSource<SecurityContext> keysOf(AuthSettings.Jwt settings) {
        var http = new DefaultResourceRetriever((int) TIMEOUT.toMillis(), (int) TIMEOUT.toMillis(), LARGEST_ANSWER);
        URI uri = settings.jwksUri() != null ? settings.jwksUri() : discover(settings, http);
        return JWKSourceBuilder.<SecurityContext>create(url(uri, "walcast.auth.jwt.jwks-uri"), http)
                .rateLimited(MIN_INTERVAL.toMillis())
                .outageTolerant(OUTAGE.toMillis())
                .build();
    }

    /** OpenID Connect Discovery 1.0, section 4. */
    private static URI discover(AuthSettings.Jwt settings, DefaultResourceRetriever http) {
        String issuer = Objects.requireNonNull(settings.issuer());
        URL document = url(
                URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration"),
                "walcast.auth.jwt.issuer");
        try {
            var answer =
                    JsonMapper.shared().readTree(http.retrieveResource(document).getContent());
            if (!answer.path("issuer").asString("").equals(issuer)) {
                throw new StartupException(String.format(
                        Locale.ROOT,
                        "%s is the discovery document of another issuer; correct walcast.auth.jwt.issuer",
                        document));
            }
            return URI.create(answer.path("jwks_uri").asString(""));
        } catch (IOException | tools.jackson.core.JacksonException e) {
            throw new StartupException(
                    String.format(
                            Locale.ROOT,
                            "%s cannot be read (%s); set walcast.auth.jwt.jwks-uri to the URL of the issuer's keys",
                            document,
                            e.getMessage()),
                    e);
        }
    }

    private static URL url(URI uri, String key) {
        try {
            return uri.toURL();
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new StartupException(String.format(Locale.ROOT, "%s is not an http URL; correct %s", uri, key), e);
        }
    }
}
