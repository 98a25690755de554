package io.walcast.identity;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** By which names this machine is meant, and by no name that someone else's DNS could let point here. */
final class Loopback {

    /** Those below {@code localhost} are no one else's either (RFC 6761, section 6.3). */
    private static final Pattern NAME = Pattern.compile(
            "([a-z0-9-]{1,63}\\.){0,4}localhost|127(\\.\\d{1,3}){3}|\\[::1\\]", Pattern.CASE_INSENSITIVE);

    private Loopback() {}

    /** @param host as in the header {@code Host}, without the port */
    static boolean isName(@Nullable String host) {
        return host != null
                && (host.equals("localhost")
                        || host.equals("127.0.0.1")
                        || NAME.matcher(host).matches());
    }
}
