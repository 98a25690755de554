package io.walcast.relay.gateway.engineio;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** Ids that nobody can guess: 120 bits as 20 characters that need no escaping anywhere. Thread-safe. */
public final class RandomIds {

    private static final int BYTES = 15;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{20}");

    private final SecureRandom random = new SecureRandom();

    public String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return encode(bytes);
    }

    /**
     * The public id that belongs to a private one. It tells nothing about it, and because it can be computed again, no
     * memory is needed to give a client that comes back the id that it had.
     */
    public static String publicId(String privateId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(privateId.getBytes(StandardCharsets.US_ASCII));
            return encode(Arrays.copyOf(hash, BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Whether it looks like an id from here. */
    public static boolean isOne(String id) {
        return FORM.matcher(id).matches();
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
