package io.walcast.identity;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An issuer of tokens on loopback: signs them, good and bad, and serves its public keys. */
public final class TestTokens implements AutoCloseable {

    public static final String ISSUER = "https://issuer.example";
    public static final String AUDIENCE = "walcast";

    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile RSAKey key = newKey("first");

    public TestTokens() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.createContext("/.well-known/openid-configuration", exchange -> {
            byte[] document = "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}"
                    .formatted(location(), keys())
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, document.length);
            exchange.getResponseBody().write(document);
            exchange.close();
        });
        server.start();
    }

    /** Where the issuer itself is. */
    public String location() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Where the keys are. */
    public URI keys() {
        return URI.create(location() + "/keys");
    }

    /** How often they were asked for. */
    public int asked() {
        return asked.get();
    }

    /** What a server needs to be told to believe these tokens. */
    public Map<String, Object> settings() {
        return Map.of(
                "walcast.auth.mode",
                "jwt",
                "walcast.auth.jwt.issuer",
                ISSUER,
                "walcast.auth.jwt.audience",
                AUDIENCE,
                "walcast.auth.jwt.jwks-uri",
                keys());
    }

    /** Signs with another key from now on. */
    public void rotate() {
        key = newKey("second");
    }

    /** A good token for ten minutes. */
    public String of(String user, String... authorities) {
        return with(user, claims -> claims.claim("scope", String.join(" ", authorities)));
    }

    /** A token that ends at this moment. */
    public String until(Instant end, String user) {
        return with(user, claims -> claims.expirationTime(Date.from(end)));
    }

    /** A token with other claims. */
    public String with(String user, Consumer<JWTClaimsSet.Builder> change) {
        return sign(key, claims(user, change));
    }

    /** A token that somebody else signed, who says to be the same key. */
    public String forged(String user) {
        return sign(newKey(key.getKeyID()), claims(user, claims -> {}));
    }

    /** A token that nobody signed (RFC 7519, section 6). */
    public String unsigned(String user) {
        return new PlainJWT(claims(user, claims -> {})).serialize();
    }

    /** A token signed with HS256 by a secret: the public key, for example. */
    public String symmetric(String user, byte[] secret) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims(user, claims -> {}));
            token.sign(new MACSigner(secret));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A good token where the secret is shared. */
    public static String shared(String user, String secret, String... authorities) {
        try {
            var token = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    claims(user, claims -> claims.claim("scope", String.join(" ", authorities))));
            token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public key in the form that a verifier would use as a secret if it confused the algorithms. */
    public byte[] publicKey() {
        try {
            return key.toRSAPublicKey().getEncoded();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static JWTClaimsSet claims(String user, Consumer<JWTClaimsSet.Builder> change) {
        var claims = new JWTClaimsSet.Builder()
                .subject(user)
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
        change.accept(claims);
        return claims.build();
    }

    private static String sign(RSAKey key, JWTClaimsSet claims) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID(id)
                    .algorithm(new Algorithm("RS256"))
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
