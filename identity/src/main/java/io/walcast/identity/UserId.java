package io.walcast.identity;

import java.util.regex.Pattern;

/**
 * The id of a user: 1 to 255 visible ASCII characters other than {@code /} and {@code \}, and neither {@code .} nor
 * {@code ..}. Such an id has the same form in a header, in a path and in JSON, and OpenID Connect's {@code sub} has the
 * same limit.
 *
 * <p>As a parameter of a request handler it is the caller. A request without one is answered with a problem detail.
 */
public record UserId(String value) {

    /** The form of a user id, as a regular expression for all of it. */
    public static final String PATTERN = "(?!\\.{1,2}$)[!-.0-\\[\\]-~]{1,255}";

    /** The rule of {@link #PATTERN} in words, which complete a sentence that starts with the name of the field. */
    public static final String RULE = "must be 1 to 255 visible ASCII characters without / and \\, and not . or ..";

    private static final Pattern WELL_FORMED = Pattern.compile(PATTERN);

    /** @throws IllegalArgumentException if the value is not a user id */
    public UserId {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("a user id " + RULE);
        }
    }

    /** Whether the value is a user id. */
    public static boolean isWellFormed(String value) {
        return WELL_FORMED.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
