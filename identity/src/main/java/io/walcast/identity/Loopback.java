package io.walcast.identity;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The host names that always mean this machine: no DNS server can let them point elsewhere or others point here. */
final class Loopback {

    /** Names below {@code localhost} are loopback names too (RFC 6761, section 6.3). */
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
