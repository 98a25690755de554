package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.walcast.identity.UnidentifiedException.Reason;
import io.walcast.startup.StartupException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenIdentityTest {

    private static final String SECRET = "a secret of at least 32 bytes ...";

    private final TestTokens issuer = new TestTokens();
    private Tokens tokens = new Tokens(settings(TestTokens.ISSUER, issuer.keys(), null));

    @AfterEach
    void close() throws IOException {
        tokens.close();
        issuer.close();
    }

    @Test
    void believesTheSubjectOfAGoodToken() throws UnidentifiedException {
        var caller = identity().of(null, issuer.of("u1", "ops", "read"));

        assertThat(caller.userId()).isEqualTo(new UserId("u1"));
        assertThat(caller.authorities()).containsExactlyInAnyOrder("ops", "read");
    }

    @Test
    void takesAuthoritiesFromAListToo() throws UnidentifiedException {
        var token = issuer.with("u1", claims -> claims.claim("scope", List.of("ops", "read")));

        assertThat(identity().of(null, token).authorities()).containsExactlyInAnyOrder("ops", "read");
    }

    @Test
    void believesATokenUntilItsEndAndTheClockSkew() throws UnidentifiedException {
        var end = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 20);

        assertThat(identity().of(null, issuer.until(end, "u1")).validUntil()).isEqualTo(end.plusSeconds(30));
        assertRefused(issuer.until(end.minusSeconds(30), "u1"), Reason.EXPIRED);
    }

    @Test
    void refusesWhatWasNotSignedByTheIssuerWithThePinnedAlgorithm() {
        assertRefused(issuer.forged("u1"), Reason.UNKNOWN);
        assertRefused(issuer.unsigned("u1"), Reason.UNKNOWN);
        assertRefused(issuer.symmetric("u1", issuer.publicKey()), Reason.UNKNOWN);
        assertRefused(issuer.of("u1").replaceFirst("^[^.]*", "e30"), Reason.UNKNOWN);
        assertRefused("", Reason.UNKNOWN);
        assertRefused("x".repeat(20_000), Reason.UNKNOWN);
    }

    @Test
    void refusesWhatIsNotForThisServerOrNotForNow() {
        assertRefused(issuer.with("u1", claims -> claims.audience("another")), Reason.UNKNOWN);
        assertRefused(issuer.with("u1", claims -> claims.audience((String) null)), Reason.UNKNOWN);
        assertRefused(issuer.with("u1", claims -> claims.issuer("https://another.example")), Reason.UNKNOWN);
        assertRefused(issuer.with("u1", claims -> claims.expirationTime(null)), Reason.UNKNOWN);
        var later = Date.from(Instant.now().plusSeconds(60));
        assertRefused(issuer.with("u1", claims -> claims.notBeforeTime(later)), Reason.UNKNOWN);
    }

    @Test
    void refusesASubjectThatIsNoUserId() {
        assertRefused(issuer.of("a/b"), Reason.UNKNOWN);
        assertRefused(issuer.of(""), Reason.UNKNOWN);
        assertRefused(issuer.with("u1", claims -> claims.subject(null)), Reason.UNKNOWN);
    }

    @Test
    void isNotToldWhoSomeoneIsWithoutAToken() {
        assertThatThrownBy(() -> identity().of("u1", null)).isInstanceOf(UnidentifiedException.class);
    }

    @Test
    void followsTheIssuerToAnotherKey() throws UnidentifiedException {
        identity().of(null, issuer.of("u1"));
        issuer.rotate();

        assertThat(identity().of(null, issuer.of("u2")).userId()).isEqualTo(new UserId("u2"));
    }

    @Test
    void asksForUnknownKeysOnlyNowAndThen() throws UnidentifiedException {
        identity().of(null, issuer.of("u1"));
        for (int i = 0; i < 20; i++) {
            var other = new TestTokens();
            other.rotate();
            assertThatThrownBy(() -> identity().of(null, other.of("u1"))).isInstanceOf(UnidentifiedException.class);
            other.close();
        }
        assertThat(issuer.asked()).isLessThanOrEqualTo(3);
    }

    @Test
    void saysThatTheIssuerDoesNotAnswer() {
        issuer.close();

        assertRefused(issuer.of("u1"), Reason.UNAVAILABLE);
    }

    @Test
    void believesASharedSecret() throws UnidentifiedException {
        tokens = new Tokens(settings(TestTokens.ISSUER, null, SECRET));

        assertThat(identity()
                        .of(null, issuer.symmetric("u1", SECRET.getBytes(StandardCharsets.UTF_8)))
                        .userId())
                .isEqualTo(new UserId("u1"));
        assertRefused(
                issuer.symmetric("u1", "another secret with more than 32 bytes".getBytes(StandardCharsets.UTF_8)),
                Reason.UNKNOWN);
        assertRefused(issuer.of("u1"), Reason.UNKNOWN);
        assertRefused(issuer.unsigned("u1"), Reason.UNKNOWN);
    }

    @Test
    void findsTheKeysFromTheIssuer() throws UnidentifiedException {
        tokens = new Tokens(settings(issuer.location(), null, null));

        var token = issuer.with("u1", claims -> claims.issuer(issuer.location()));
        assertThat(identity().of(null, token).userId()).isEqualTo(new UserId("u1"));
    }

    @Test
    void doesNotStartWithoutTheIssuersKeys() {
        assertThatThrownBy(() -> new Tokens(settings(issuer.location() + "/nobody", null, null)))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("walcast.auth.jwt.jwks-uri");
    }

    private TokenIdentity identity() {
        return new TokenIdentity(tokens, settings(TestTokens.ISSUER, issuer.keys(), null));
    }

    private static AuthSettings.Jwt settings(String issuer, @Nullable URI keys, @Nullable String secret) {
        return new AuthSettings.Jwt(
                issuer,
                TestTokens.AUDIENCE,
                keys,
                secret,
                "RS256",
                Duration.ofSeconds(30),
                "scope",
                Duration.ofMinutes(1));
    }

    private void assertRefused(String token, Reason reason) {
        assertThatThrownBy(() -> identity().of(null, token))
                .asInstanceOf(type(UnidentifiedException.class))
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .satisfies(refusal -> assertThat(refusal.getStackTrace()).isEmpty());
    }
}
